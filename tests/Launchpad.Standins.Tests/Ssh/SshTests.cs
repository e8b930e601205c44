using System.Text;
using Renci.SshNet;

namespace Launchpad.Standins.Tests.Ssh;

[Collection(SshCollection.Name)]
public abstract class SshTests(Sshd sshd)
{
    private protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private protected Sshd Sshd { get; } = sshd;

    private protected SshClient Client(string? key = null, string? host = null, int? port = null, string? user = null) =>
        new(host ?? "127.0.0.1", port ?? Sshd.Port, user ?? Sshd.User, Key(key ?? Sshd.ClientKey));

    private protected async Task<SshClient> ConnectedAsync()
    {
        var client = Client();
        await client.ConnectAsync(CancellationToken.None);
        return client;
    }

    private protected static PrivateKeyFile Key(string text) => new(new MemoryStream(Encoding.ASCII.GetBytes(text)));

    /// <summary>The directories that this process keeps in memory for its connections.</summary>
    private protected static string[] Leftovers() => Directory.GetDirectories("/dev/shm", $"sshnet-{Environment.ProcessId}-*");
}
