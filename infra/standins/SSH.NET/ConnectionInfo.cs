#nullable disable // The real file carries no nullable annotations.
using System.Net;
using System.Text;

namespace Renci.SshNet;

/// <summary>Where to connect, as whom, and with what.</summary>
public class ConnectionInfo
{
    internal const int DefaultPort = 22;

    public ConnectionInfo(string host, string username, params AuthenticationMethod[] authenticationMethods)
        : this(host, DefaultPort, username, authenticationMethods)
    {
    }

    public ConnectionInfo(string host, int port, string username, params AuthenticationMethod[] authenticationMethods)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw new ArgumentOutOfRangeException(
                nameof(port), $"Specified value cannot be greater than {IPEndPoint.MaxPort} or negative.");
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(username);
        ArgumentNullException.ThrowIfNull(authenticationMethods);
        if (authenticationMethods.Length is 0)
        {
            throw new ArgumentException("At least one authentication method should be specified.", nameof(authenticationMethods));
        }

        Host = host;
        Port = port;
        Username = username;
        AuthenticationMethods = authenticationMethods;
    }

    public string Host { get; private set; }

    public int Port { get; private set; }

    public string Username { get; private set; }

    public IList<AuthenticationMethod> AuthenticationMethods { get; private set; }

    public bool IsAuthenticated { get; internal set; }

    public TimeSpan Timeout
    {
        get;
        set => field = Timeouts.Valid(value, nameof(Timeout));
    } = TimeSpan.FromSeconds(30);

    public Encoding Encoding { get; set; } = Encoding.UTF8;

    public int RetryAttempts { get; set; } = 10;

    public int MaxSessions { get; set; } = 10;
}
