extern alias vm;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Bundles;
using Launchpad.Shared.Deployments;
using vm::Launchpad.Vm;
using Protocol = vm::Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>A bot that its owner takes along is confined as one on a machine: every field of what a machine hands to Docker is in compose.yaml and
/// among the arguments of `docker run`, or has a reason here.</summary>
public sealed class BundledContainerTests
{
    /// <summary>What differs, or is not said there, and why.</summary>
    private static readonly Dictionary<string, string> Apart = new()
    {
        ["Image"] = "named as it lies on its owner's disk",
        ["Labels"] = "what finds it again is the bundle's name",
        ["HostConfig.NetworkMode"] = "Docker's own bridge: a network with one container and a filter is a machine's",
        ["HostConfig.Dns"] = "on a machine nobody answers it; here there is no filter that it could get around",
        ["HostConfig.Mounts"] = "looked at one by one",
        ["HostConfig.Privileged"] = "off unless it is said",
        ["HostConfig.PublishAllPorts"] = "off unless it is said",
        ["NetworkingConfig"] = "the address in a machine's network",
    };

    /// <summary>Where a field stands in compose.yaml, and as which option.</summary>
    private static readonly Dictionary<string, (string Key, string Option)> Same = new()
    {
        ["Hostname"] = ("hostname", "--hostname"),
        ["User"] = ("user", "--user"),
        ["Env"] = ("environment", "--env"),
        ["StopTimeout"] = ("stop_grace_period", "--stop-timeout"),
        ["HostConfig.Tmpfs"] = ("tmpfs", "--tmpfs"),
        ["HostConfig.Memory"] = ("mem_limit", "--memory"),
        ["HostConfig.MemorySwap"] = ("memswap_limit", "--memory-swap"),
        ["HostConfig.NanoCpus"] = ("cpus", "--cpus"),
        ["HostConfig.PidsLimit"] = ("pids_limit", "--pids-limit"),
        ["HostConfig.Ulimits"] = ("ulimits", "--ulimit"),
        ["HostConfig.RestartPolicy"] = ("restart", "--restart"),
        ["HostConfig.LogConfig.Type"] = ("logging.driver", "--log-driver"),
        ["HostConfig.LogConfig.Config"] = ("logging.options", "--log-opt"),
        ["HostConfig.ReadonlyRootfs"] = ("read_only", "--read-only"),
        ["HostConfig.Init"] = ("init", "--init"),
        ["HostConfig.CapDrop"] = ("cap_drop", "--cap-drop"),
        ["HostConfig.SecurityOpt"] = ("security_opt", "--security-opt"),
        ["HostConfig.IpcMode"] = ("ipc", "--ipc"),
        ["HostConfig.CgroupnsMode"] = ("cgroup", "--cgroupns"),
        ["HostConfig.ShmSize"] = ("shm_size", "--shm-size"),
    };

    private static readonly string Image = $"127.0.0.1:5055/launchpad/tiny@sha256:{new string('a', 64)}";

    public static TheoryData<int, double, int> Plans => new() { { 2048, 1.5, 512 }, { 16, 0.05, 16 }, { 65536, 12, 4096 } };

    [Theory]
    [MemberData(nameof(Plans))]
    public void Every_field_of_a_machines_container_is_in_both_forms_or_has_a_reason(int memoryMb, double cpus, int pids)
    {
        var fields = Fields(Machine(memoryMb, cpus, pids)).ToDictionary();
        Assert.Equal(fields.Keys.Order(), Same.Keys.Concat(Apart.Keys).Order());
        var bundled = Bundled(memoryMb, cpus, pids);
        var (compose, run) = (Yaml.Read(bundled.Compose())["services"]!["bot"]!, Options(bundled.Run()));
        foreach (var (field, (key, option)) in Same)
        {
            var wanted = Said(field, fields[field]);
            Assert.Equal((field, wanted), (field, InCompose(key, key.Split('.').Aggregate(compose, (node, name) => node[name]!))));
            Assert.Equal((field, wanted), (field, string.Join('\n', run[option])));
        }
    }

    [Fact]
    public void Nothing_is_granted_beside()
    {
        var bundled = Bundled(2048, 1.5, 512);
        string[] own = ["image", "pull_policy", "container_name", "ports", "volumes", "labels"];
        Assert.Equal(
            Same.Values.Select(place => place.Key.Split('.')[0]).Distinct().Concat(own).Order(),
            Yaml.Read(bundled.Compose())["services"]!["bot"]!.AsObject().Select(member => member.Key).Order());
        string[] options = ["--detach", "--name", "--publish", "--mount", "--label"];
        Assert.Equal(Same.Values.Select(place => place.Option).Concat(options).Order(), Options(bundled.Run()).Select(option => option.Key).Order());
    }

    [Fact]
    public void It_sees_its_data_and_its_secrets_as_on_a_machine_and_only_this_computer_sees_it()
    {
        var bundled = Bundled(2048, 1.5, 512);
        var machine = Machine(2048, 1.5, 512).HostConfig.Mounts.Select(mount => (mount.Target, mount.ReadOnly)).ToList();
        var mounts = Yaml.Read(bundled.Compose())["services"]!["bot"]!["volumes"]!.AsArray()
            .Select(mount => ((string)mount!["source"]!, (string)mount["target"]!, (string)mount["read_only"]! == "true")).ToList();
        Assert.Equal(mounts, Options(bundled.Run())["--mount"].Select(Mount));

        // Names that the bot may reach are a machine's; the config says another address than the one in the data.
        Assert.Equal(
            machine.Where(mount => mount.Target != "/etc/hosts"),
            mounts.Where(mount => mount.Item1 != "./openclaw.json").Select(mount => (mount.Item2, mount.Item3)));
        Assert.Contains(("./openclaw.json", BotRuntimeProfile.Runtime.Environment["OPENCLAW_CONFIG_PATH"], true), mounts);
        Assert.Equal(["127.0.0.1:18789:18789"], Options(bundled.Run())["--publish"]);
        Assert.Equal("127.0.0.1:18789:18789", (string)Yaml.Read(bundled.Compose())["services"]!["bot"]!["ports"]![0]!);

        static (string, string, bool) Mount(string option)
        {
            var parts = option.Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part.ElementAtOrDefault(1));
            return (parts["source"]!, parts["target"]!, parts.ContainsKey("readonly"));
        }
    }

    private static CreateContainer Machine(int memoryMb, double cpus, int pids) => Container.Describe(
        new("dep_01", Image, new(memoryMb, cpus, 64, pids), Runtime(), [], null, [], null, Protocol.ApplyStage.Start),
        Paths.Of("dep_01"), 0, "one", new Dictionary<string, string>());

    private static Protocol.VmRuntime Runtime() => new(
        BotRuntimeProfile.Port, BotRuntimeProfile.ReadyPath, BotRuntimeProfile.Runtime.Environment);

    private static BundledContainer Bundled(int memoryMb, double cpus, int pids) => new(
        "ada-1", Launchpad.Shared.Vms.BotContainer.Of(Image, new(memoryMb, cpus, 64, pids), BotRuntimeProfile.Runtime),
        BotRuntimeProfile.ReadyPath);

    /// <summary>Of what a machine hands to Docker, with what is in its sections.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode>> Fields(CreateContainer container) =>
        Within(Within(JsonSerializer.SerializeToNode(container, DockerJson.Default.CreateContainer)!.AsObject(), "HostConfig"), "HostConfig.LogConfig")
            .Select(field => KeyValuePair.Create(field.Key, field.Value!));

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Within(IEnumerable<KeyValuePair<string, JsonNode?>> fields, string section) =>
        fields.SelectMany(field => field.Key != section ? [field] : field.Value!.AsObject()
            .Select(below => KeyValuePair.Create($"{section}.{below.Key}", below.Value)));

    /// <summary>As `docker run` is told.</summary>
    private static string Said(string field, JsonNode value) => (field, value) switch
    {
        ("HostConfig.NanoCpus", _) => ((long)value / 1e9m).ToString("0.#########", CultureInfo.InvariantCulture),
        ("HostConfig.Tmpfs", JsonObject mounts) => string.Join('\n', mounts.Select(mount => $"{mount.Key}:{mount.Value}")),
        ("HostConfig.Ulimits", JsonArray limits) => string.Join('\n', limits.Select(limit =>
            (long)limit!["Soft"]! == (long)limit["Hard"]! ? $"{limit["Name"]}={limit["Soft"]}" : "two limits")),
        ("HostConfig.RestartPolicy", _) => $"{value["Name"]}",
        (_, JsonObject members) => string.Join('\n', members.Select(member => $"{member.Key}={member.Value}")),
        (_, JsonArray list) => string.Join('\n', list.Select(item => $"{item}")),
        _ => $"{value}",
    };

    private static string InCompose(string key, JsonNode value) => (key, value) switch
    {
        ("stop_grace_period", _) => $"{value}".TrimEnd('s'),
        (_, JsonObject members) => string.Join('\n', members.Select(member => $"{member.Key}={member.Value}")),
        (_, JsonArray list) => string.Join('\n', list.Select(item => $"{item}")),
        _ => $"{value}",
    };

    private static Dictionary<string, List<string>> Options(IReadOnlyList<string> arguments)
    {
        Assert.Equal(("run", "launchpad.local/ada-1:aaaaaaaaaaaa"), (arguments[0], arguments[^1]));
        var options = new Dictionary<string, List<string>>();
        for (var at = 1; at < arguments.Count - 1; at++)
        {
            var parts = arguments[at].Split('=', 2);
            var value = parts is [_, var said] ? said : parts[0] is "--detach" ? "" : arguments[++at];
            (options.TryGetValue(parts[0], out var values) ? values : options[parts[0]] = []).Add(value);
        }

        return options;
    }
}
