using System.Net;
using System.Net.WebSockets;
using System.Text;
using Launchpad.Local.Faults;
using Launchpad.Shared.Vms;

namespace Launchpad.Local.Tests.Machines;

/// <summary>The ways into a machine, the front door and SSH under the fault plan, and its way out. One machine serves them all.</summary>
[Collection(MachineCloud.Collection)]
public sealed class DoorTests(DoorTests.Served served) : IClassFixture<DoorTests.Served>
{
    private const string Script = """
        write_files:
          - path: /etc/caddy/Caddyfile
            content: |
              {
                skip_install_trust
              }
              ada.localhost {
                tls internal
                handle /talk {
                  reverse_proxy 127.0.0.1:9999
                }
                respond "{host} has {path}"
              }
          - path: /usr/local/bin/talk
            permissions: "0755"
            content: |
              #!/bin/bash
              while read -r name value; do
                value="${value%$'\r'}"
                [[ "$name" == $'\r' ]] && break
                [[ "${name,,}" == sec-websocket-key: ]] && key="$value"
              done
              accept="$(printf '%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11' "$key" | openssl dgst -sha1 -binary | base64)"
              printf 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
              printf 'Sec-WebSocket-Accept: %s\r\n\r\n' "$accept"
              head -c 11 >/dev/null
              printf '\x81\x05hello'
              sleep 5
        runcmd:
          - [socat, "TCP-LISTEN:9999,bind=127.0.0.1,reuseaddr,fork", "EXEC:/usr/local/bin/talk"]
        """;

    private MachineCloud Cloud => served.Cloud;

    [Fact]
    public async Task A_name_leads_to_the_machine_of_its_record()
    {
        await Cloud.Dns.SetAsync("ada", served.Machine.Address!, CancellationToken.None);
        var answer = await Eventually.Async(() => GetAsync("ada", "/notes"), seen => seen.Item1 == HttpStatusCode.OK);
        Assert.Equal((HttpStatusCode.OK, "ada.localhost has /notes"), answer);
    }

    [Fact]
    public async Task A_websocket_passes()
    {
        await Cloud.Dns.SetAsync("ada", served.Machine.Address!, CancellationToken.None);
        await Eventually.Async(() => GetAsync("ada", "/notes"), seen => seen.Item1 == HttpStatusCode.OK);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"wss://ada.localhost:{Cloud.Context.Ports.FrontDoor}/talk"), Cloud.Http, CancellationToken.None);
        await socket.SendAsync("there"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[64];
        var got = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, got.Count));
    }

    [Fact]
    public async Task A_name_without_a_record_is_a_page_that_says_so()
    {
        var (status, page) = await GetAsync("nobody", "/");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("No DNS record leads from nobody.localhost to a machine.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_leads_nowhere_is_a_page_that_says_so()
    {
        await Cloud.Dns.SetAsync("ghost", Cloud.Context.Ports.MachineAddress(249), CancellationToken.None);
        var (status, page) = await GetAsync("ghost", "/");
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("nobody answered there", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ssh_that_fails_before_has_no_effect()
    {
        await Cloud.FaultAsync(new FaultRule("ssh", FaultKind.FailBefore, Count: 1));
        Assert.Equal(255, (await SshAsync("touch before")).ExitCode);
        Assert.Equal(0, (await SshAsync("test ! -e before")).ExitCode);
    }

    [Fact]
    public async Task Ssh_that_fails_after_has_had_its_effect_and_says_nothing_of_it()
    {
        await Cloud.FaultAsync(new FaultRule("ssh", FaultKind.FailAfter, Count: 1));
        var (exitCode, output) = await SshAsync("touch after; sleep 0.3; echo answer");
        Assert.Equal(255, exitCode);
        Assert.DoesNotContain("answer", output, StringComparison.Ordinal);
        Assert.Equal(0, (await SshAsync("test -e after")).ExitCode);
    }

    [Fact]
    public async Task Ssh_that_times_out_leaves_the_client_waiting()
    {
        await Cloud.FaultAsync(new FaultRule("ssh", FaultKind.Timeout, Count: 1));
        var start = TimeProvider.System.GetTimestamp();
        Assert.Equal(255, (await SshAsync("true")).ExitCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 2.5, 60);
        Assert.Equal(0, (await SshAsync("true")).ExitCode);
    }

    [Fact]
    public async Task The_machine_reaches_models_and_backups_and_nothing_else_of_the_cloud()
    {
        await Cloud.FaultAsync();
        const string Fetch = "exec 3<>/dev/tcp/10.254.0.1/9002; printf 'GET /devstoreaccount1/backups HTTP/1.0\\r\\n\\r\\n' >&3; head -1 <&3";
        Assert.Equal((0, "HTTP/1.1 404 Not Found\r\n"), await SshAsync(Fetch));
        const string Ask = "exec 3<>/dev/tcp/10.254.0.1/9000; printf 'GET /v1/models HTTP/1.0\\r\\n\\r\\n' >&3; head -1 <&3";
        Assert.Equal((0, "HTTP/1.1 401 Unauthorized\r\n"), await SshAsync(Ask));
        var gateway = $"exec 3<>/dev/tcp/$(ip route show default | cut -d' ' -f3)/{Cloud.Context.Ports.ResourceManager}";
        Assert.NotEqual(0, (await SshAsync(gateway)).ExitCode);
    }

    private Task<(int ExitCode, string Output)> SshAsync(string command) =>
        served.Keys.SshAsync(served.Machine.Address!, Cloud.Ports.Ssh, command);

    private async Task<(HttpStatusCode, string)> GetAsync(string name, string path)
    {
        using var response = await Cloud.Http.GetAsync(new Uri($"https://{name}.localhost:{Cloud.Context.Ports.FrontDoor}{path}"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A machine with a Caddy that has one site.</summary>
    public sealed class Served(MachineCloud cloud) : IAsyncLifetime
    {
        public MachineCloud Cloud => cloud;

        public Keys Keys { get; } = new();

        public VmState Machine { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Cloud.Vms.StartCreateAsync(
                new VmRequest("door", "Standard_B2s", Keys.UserData(Script), new Dictionary<string, string>()), CancellationToken.None);
            Machine = await Cloud.RunningAsync("door");
        }

        public async Task DisposeAsync()
        {
            await Cloud.Vms.DeleteAsync("door", CancellationToken.None);
            await Cloud.GoneAsync("door");
            Keys.Dispose();
        }
    }
}
