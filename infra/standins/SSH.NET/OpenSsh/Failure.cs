using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace Renci.SshNet.OpenSsh;

/// <summary>What ssh says on standard error, as the exception that SSH.NET throws for it.</summary>
internal static partial class Failure
{
    public static Exception Of(string text, bool keyRefused) => text switch
    {
        _ when keyRefused => new SshConnectionException("Key exchange negotiation failed.", DisconnectReason.KeyExchangeFailed),
        _ when Denied().Match(text) is { Success: true } denied => new SshAuthenticationException(denied.Value),
        _ when text.Contains("Too many authentication failures", StringComparison.Ordinal) => new SshAuthenticationException(Last(text)),
        _ when text.Contains("Could not resolve hostname", StringComparison.Ordinal) => new SocketException((int)SocketError.HostNotFound),
        _ when text.Contains("Connection timed out", StringComparison.Ordinal)
            || text.Contains("Operation timed out", StringComparison.Ordinal) => new SshOperationTimeoutException(Last(text)),
        _ when Unreachable().IsMatch(text) => new SocketException((int)Code(text)),
        _ when text.Contains("Unable to negotiate", StringComparison.Ordinal)
            || text.Contains("incorrect signature", StringComparison.Ordinal)
            => new SshConnectionException(Last(text), DisconnectReason.KeyExchangeFailed),
        "" => Aborted(),
        _ => new SshConnectionException(Last(text), DisconnectReason.ConnectionLost),
    };

    public static SshConnectionException Aborted() =>
        new("An established connection was aborted by the server.", DisconnectReason.ConnectionLost);

    private static SocketError Code(string text) => text switch
    {
        _ when text.Contains("refused", StringComparison.Ordinal) => SocketError.ConnectionRefused,
        _ when text.Contains("Network is unreachable", StringComparison.Ordinal) => SocketError.NetworkUnreachable,
        _ when text.Contains("No route to host", StringComparison.Ordinal) => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };

    private static string Last(string text) => text.Trim().Split('\n')[^1].Trim().ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Permission denied \([^)]*\)\.")]
    private static partial Regex Denied();

    [GeneratedRegex(@"connect to host .* port \d+: ")]
    private static partial Regex Unreachable();
}
