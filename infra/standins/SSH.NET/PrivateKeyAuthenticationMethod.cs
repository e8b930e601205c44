namespace Renci.SshNet;

/// <summary>Proves an identity with any of a set of private keys.</summary>
public class PrivateKeyAuthenticationMethod : AuthenticationMethod, IDisposable
{
    public PrivateKeyAuthenticationMethod(string username, params IPrivateKeySource[] keyFiles)
        : base(username)
    {
        ArgumentNullException.ThrowIfNull(keyFiles);
        KeyFiles = keyFiles;
    }

    public override string Name => "publickey";

    public ICollection<IPrivateKeySource> KeyFiles { get; private set; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
