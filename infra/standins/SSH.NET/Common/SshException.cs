namespace Renci.SshNet.Common;

/// <summary>Something went wrong in SSH; the derived types say what.</summary>
public class SshException : Exception
{
    public SshException()
    {
    }

    public SshException(string message)
        : base(message)
    {
    }

    public SshException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
