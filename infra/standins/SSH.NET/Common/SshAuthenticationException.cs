namespace Renci.SshNet.Common;

/// <summary>The server took none of the keys.</summary>
public class SshAuthenticationException : SshException
{
    public SshAuthenticationException()
    {
    }

    public SshAuthenticationException(string message)
        : base(message)
    {
    }

    public SshAuthenticationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
