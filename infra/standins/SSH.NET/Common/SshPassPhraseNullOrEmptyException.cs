namespace Renci.SshNet.Common;

/// <summary>A key is encrypted and no pass phrase was given.</summary>
public class SshPassPhraseNullOrEmptyException : SshException
{
    public SshPassPhraseNullOrEmptyException()
    {
    }

    public SshPassPhraseNullOrEmptyException(string message)
        : base(message)
    {
    }

    public SshPassPhraseNullOrEmptyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
