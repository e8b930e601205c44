using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Launchpad.Local.Machines;
using Launchpad.Processes;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>A machine as the product sees it: an address where a real sshd shows the key that the product gave it, lets in the one key that
/// it wants let in, and has every command answered by <see cref="MachineVerbs"/>.</summary>
internal sealed partial class TenantMachine : IAsyncDisposable
{
    /// <summary>Carries a command and its input to the test, and the answer back. Without modules, which take most of the time that it lives: a
    /// socket of Unix, as a stream.</summary>
    private const string Door = """
        socket(WAY, 1, 1, 0) and connect(WAY, pack("Sa108", 1, $ARGV[0])) or exit 1;
        syswrite WAY, "$ENV{SSH_ORIGINAL_COMMAND}\n";
        while (sysread(STDIN, my $piece, 65536)) { syswrite WAY, $piece }
        shutdown WAY, 1;
        while (sysread(WAY, my $piece, 65536)) { syswrite STDOUT, $piece }
        """;

    private readonly Sshd sshd;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly MachineVerbs verbs;

    private TenantMachine(Sshd sshd, MachineVerbs verbs) => (this.sshd, this.verbs) = (sshd, verbs);

    public bool IsOn { get; private set; }

    public ImmutableSortedDictionary<string, Tenant> Tenants
    {
        get => verbs.Tenants;
        set => verbs.Tenants = value;
    }

    public IEnumerable<string> Jobs => verbs.Jobs;

    public void Forget() => verbs.Forget();

    public void Restart() => verbs.Restart();

    /// <param name="address">Of loopback.</param>
    /// <param name="port">Where sshd answers there.</param>
    /// <param name="seed">What the product told the machine for its first boot.</param>
    /// <param name="verbs">What answers.</param>
    public static async Task<TenantMachine> BootAsync(string address, int port, Seed seed, MachineVerbs verbs)
    {
        var told = Encoding.UTF8.GetString(seed.UserData);
        var machine = new TenantMachine(new Sshd(address, port), verbs);
        await machine.WriteAsync("host", Scalar(HostKey().Match(told)));
        await machine.WriteAsync("door", Door);
        var key = Scalar(AuthorizedKey().Match(told)).Split("\" ", 2)[1];
        await machine.WriteAsync(
            "authorized",
            $"restrict,command=\"/usr/bin/perl {machine.sshd.PathOf("door")} {machine.sshd.PathOf("socket")}\" {key}\n");
        machine.listener.Bind(new UnixDomainSocketEndPoint(machine.sshd.PathOf("socket")));
        machine.listener.Listen();
        _ = machine.ListenAsync();
        await machine.sshd.InitializeAsync();
        machine.IsOn = true;
        return machine;
    }

    public async Task SwitchAsync(bool on)
    {
        if (on != IsOn)
        {
            IsOn = on;
            await (on ? sshd.StartAsync() : sshd.StopAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await sshd.DisposeAsync();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var caller = await listener.AcceptAsync();
                _ = Task.Run(() => AnswerAsync(caller));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task AnswerAsync(Socket caller)
    {
        try
        {
            using var way = new NetworkStream(caller, ownsSocket: true);
            using var heard = new MemoryStream();
            await way.CopyToAsync(heard);
            var text = Encoding.UTF8.GetString(heard.GetBuffer(), 0, (int)heard.Length);
            var (command, document) = (text[..text.IndexOf('\n')], text[(text.IndexOf('\n') + 1)..]);
            foreach (var line in verbs.Run(command.Split(' ')[^1], document))
            {
                await way.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, VmJson.Default.VmLine) + "\n"));
            }
        }
        catch (IOException)
        {
            // Whoever asked has gone.
        }
    }

    private async Task WriteAsync(string name, string content)
    {
        await File.WriteAllTextAsync(sshd.PathOf(name), content);
        File.SetUnixFileMode(sshd.PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static string Scalar(Match found) => JsonSerializer.Deserialize<string>(found.Groups[1].Value)!;

    [GeneratedRegex("""ecdsa_private: (".*")""")]
    private static partial Regex HostKey();

    [GeneratedRegex("""ssh_authorized_keys:\s+- (".*")""")]
    private static partial Regex AuthorizedKey();
}
