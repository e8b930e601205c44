namespace Renci.SshNet;

/// <summary>A way to prove who connects. The stand-in knows private keys only.</summary>
public abstract class AuthenticationMethod
{
    private protected AuthenticationMethod(string username)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(username);
        Username = username;
    }

    public abstract string Name { get; }

    public string Username { get; private set; }
}
