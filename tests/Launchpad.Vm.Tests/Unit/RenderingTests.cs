extern alias vm;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using vm::Launchpad.Shared.Vms;
using vm::Launchpad.Vm;
using vm::Launchpad.Vm.Verbs;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>What is handed to Docker, nftables and Caddy, before any of them sees it.</summary>
public sealed class RenderingTests
{
    private static readonly ApplyRequest s_request = new(
        "dep_01", $"127.0.0.1:5055/launchpad/tiny@sha256:{new string('a', 64)}", new VmLimits(2048, 1.5, 10240, 512),
        new VmRuntime(18789, "/readyz", new Dictionary<string, string> { ["B"] = "2; rm -rf /", ["A"] = "--privileged" }),
        [], null, [], null, ApplyStage.Start);

    [Fact]
    public void A_container_is_described_with_every_restriction()
    {
        var container = JsonSerializer.SerializeToNode(Describe(s_request), DockerJson.Default.CreateContainer)!;
        var host = container["HostConfig"]!;
        Assert.Equal("1000:1000", (string?)container["User"]);
        Assert.Equal(["A=--privileged", "B=2; rm -rf /"], container["Env"]!.AsArray().Select(entry => (string?)entry));
        Assert.Equal("[\"ALL\"]", host["CapDrop"]!.ToJsonString());
        Assert.Equal("[\"no-new-privileges\"]", host["SecurityOpt"]!.ToJsonString());
        Assert.True((bool)host["ReadonlyRootfs"]!);
        Assert.False((bool)host["Privileged"]!);
        Assert.Equal(2048L << 20, (long)host["Memory"]!);
        Assert.Equal((long)host["Memory"]!, (long)host["MemorySwap"]!);
        Assert.Equal(1_500_000_000, (long)host["NanoCpus"]!);
        Assert.Equal(512, (int)host["PidsLimit"]!);
        Assert.Equal(["/data", "/run/secrets", "/etc/hosts"], host["Mounts"]!.AsArray().Select(mount => (string?)mount!["Target"]));
        Assert.Equal([false, true, true], host["Mounts"]!.AsArray().Select(mount => (bool)mount!["ReadOnly"]!));
        Assert.DoesNotContain("PortBindings", host.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("CapAdd", host.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Devices", host.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_label_changes_with_all_that_the_container_reads_at_its_start()
    {
        var labels = new[]
        {
            Describe(s_request),
            Describe(s_request with { Image = s_request.Image!.Replace("aa", "bb", StringComparison.Ordinal) }),
            Describe(s_request with { Limits = s_request.Limits with { MemoryMb = 1024 } }),
            Describe(s_request with { Runtime = s_request.Runtime with { Environment = new Dictionary<string, string>() } }),
            Describe(s_request, secrets: "other"),
            Describe(s_request, file: "other"),
        }.Select(container => container.Labels[Container.StateLabel]).ToArray();
        Assert.Equal(labels.Length, labels.Distinct().Count());
        var same = Describe(s_request with { Egress = ["10.0.0.1:1"], Through = ApplyStage.Route });
        Assert.Equal(labels[0], same.Labels[Container.StateLabel]);
    }

    [Fact]
    public void Slots_are_networks_that_do_not_touch()
    {
        Assert.Equal(("10.213.0.0/30", "10.213.0.2"), (Network.SubnetOf(0), Network.AddressOf(0)));
        Assert.Equal(("10.213.1.0/30", "10.213.1.2"), (Network.SubnetOf(64), Network.AddressOf(64)));
        Assert.Equal("10.213.255.254", Network.AddressOf(16383));
        Assert.True(Network.BridgeOf(16383).Length <= 15);
        Assert.Equal(1, Network.FreeSlot([State("a", 0), State("b", null), State("c", 2)]));
    }

    [Fact]
    public void The_firewall_opens_what_each_state_lists_for_its_own_bridge()
    {
        DeploymentState[] states = [State("a", 0, "10.0.0.1:443"), State("b", 7, "10.254.0.1:9000"), State("c", null, "10.9.9.9:1")];
        var rules = Firewall.Render(states, caddyUser: 999);
        Assert.Contains("elements = { \"lpad0\" . 10.0.0.1 . 443, \"lpad7\" . 10.254.0.1 . 9000 }", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("10.9.9.9", rules, StringComparison.Ordinal);
        Assert.Contains("skuid { 0, 999 }", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("elements", Firewall.Render([], null), StringComparison.Ordinal);
    }

    [Fact]
    public void Caddy_gets_one_route_and_one_policy_per_deployment()
    {
        var config = Routes.Render([State("dep_a", 0) with { Route = new VmRoute("a.localhost", TlsIssuer.Internal), Port = 18789 },
            State("dep_b", 1) with { Route = new VmRoute("b.example.com", TlsIssuer.Acme, "ops@example.com"), Port = 8080 }]);
        var routes = config["apps"]!["http"]!["servers"]!["tenants"]!["routes"]!.AsArray();
        Assert.Equal(["route-dep_a", "route-dep_b"], routes.Select(route => (string?)route!["@id"]));
        Assert.Contains("\"dial\":\"10.213.0.6:8080\"", routes[1]!.ToJsonString(), StringComparison.Ordinal);
        var policies = config["apps"]!["tls"]!["automation"]!["policies"]!.ToJsonString();
        foreach (var authority in (string[])["acme", "zerossl"])
        {
            Assert.Contains(
                $"{{\"module\":\"{authority}\",\"challenges\":{{\"http\":{{\"disabled\":true}}}},\"email\":\"ops@example.com\"}}",
                policies, StringComparison.Ordinal);
        }

        Assert.Contains("{\"module\":\"internal\"}", policies, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u001b[1;31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("\u001b]8;;http://x\u001b\\link", "link")]
    [InlineData("a\tb\r\n", "a\tb")]
    [InlineData("cut\u001b", "cut")]
    [InlineData("cut\u001b[31", "cut")]
    [InlineData("\u009b31mc1", "31mc1")]
    public void A_log_line_obeys_no_terminal(string written, string read) => Assert.Equal(read, Logs.Plain(written));

    [Fact]
    public async Task Frames_of_Docker_become_lines()
    {
        using var stream = new MemoryStream();
        Frame(1, "2026-01-02T03:04:05.123456789Z out\n");
        Frame(2, "2026-01-02T03:04:06Z err\n");
        Frame(1, "no time\n");
        Frame(1, "2026-01-02T03:04:07Z " + new string('x', 100_000));
        stream.Position = 0;
        var lines = await Logs.ReadAsync(stream, 10);
        Assert.Equal(["stdout", "stderr", "stdout"], lines.Select(line => line.Stream));
        Assert.Equal(4000, lines[2].Text.Length);
        Assert.Equal(123, lines[0].At.Millisecond);

        void Frame(byte kind, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var header = new byte[8];
            header[0] = kind;
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), bytes.Length);
            stream.Write(header);
            stream.Write(bytes);
        }
    }

    [Fact]
    public void A_secret_is_never_printed() =>
        Assert.Equal("VmSecret { Name = token, Value = *** }", new VmSecret("token", "canary").ToString());

    private static DeploymentState State(string deployment, int? slot, params string[] egress) =>
        new(deployment) { Slot = slot, Egress = egress };

    private static CreateContainer Describe(ApplyRequest request, string secrets = "one", string file = "hash") =>
        Container.Describe(request, Paths.Of(request.Deployment), 0, secrets, new Dictionary<string, string> { ["a"] = file });
}
