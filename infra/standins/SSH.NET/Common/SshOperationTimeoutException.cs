namespace Renci.SshNet.Common;

/// <summary>A connection or a command took longer than it may.</summary>
public class SshOperationTimeoutException : SshException
{
    public SshOperationTimeoutException()
    {
    }

    public SshOperationTimeoutException(string message)
        : base(message)
    {
    }

    public SshOperationTimeoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
