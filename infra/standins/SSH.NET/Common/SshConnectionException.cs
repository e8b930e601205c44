using Renci.SshNet.Messages.Transport;

namespace Renci.SshNet.Common;

/// <summary>The connection was refused, broken, or never there.</summary>
public class SshConnectionException : SshException
{
    public SshConnectionException()
    {
    }

    public SshConnectionException(string message)
        : base(message)
    {
    }

    public SshConnectionException(string message, DisconnectReason disconnectReasonCode)
        : base(message) => DisconnectReason = disconnectReasonCode;

    public SshConnectionException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public SshConnectionException(string message, DisconnectReason disconnectReasonCode, Exception inner)
        : base(message, inner) => DisconnectReason = disconnectReasonCode;

    public DisconnectReason DisconnectReason { get; private set; }
}
