using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// What the VM remembers of a deployment: enough to render firewall and routes anew, and to see what changed. Holds no secret.
/// </summary>
internal sealed record DeploymentState(string Deployment)
{
    /// <summary>Number of its network and address; null once removed with its volume kept.</summary>
    public int? Slot { get; init; }
    public VmLimits? Limits { get; init; }
    public int StorageMb { get; init; }
    public int Port { get; init; }
    public string ReadyPath { get; init; } = "/";
    public string? Image { get; init; }

    /// <summary>What it may reach, as it was asked for: address:port or name:port. Programs before this one did not write it down.</summary>
    public IReadOnlyList<string> Places { get; init => field = value ?? []; } = [];

    /// <summary>What the names among them stand for, the newest first.</summary>
    public IReadOnlyList<NamedAddress> Names { get; init => field = value ?? []; } = [];

    /// <summary>The places, resolved: address:port.</summary>
    public IReadOnlyList<string> Egress { get; init; } = [];

    /// <summary>SHA-256 by path of what was last written, not of what lies there: the bot may edit its own files.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();
    public VmRoute? Route { get; init; }

    [JsonIgnore]
    public string? Address => Slot is { } slot ? Network.AddressOf(slot) : null;

    public static DeploymentState? Read(string deployment)
    {
        try
        {
            using var file = File.OpenRead(Paths.Of(deployment).State);
            return JsonSerializer.Deserialize(file, StateJson.Default.DeploymentState);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static IReadOnlyList<DeploymentState> ReadAll() =>
    [
        .. (Directory.Exists(Paths.Root) ? Directory.GetDirectories(Paths.Root) : [])
            .Select(folder => Read(Path.GetFileName(folder)))
            .OfType<DeploymentState>()
            .OrderBy(state => state.Deployment, StringComparer.Ordinal),
    ];

    /// <summary>All of them, with one as it is to be.</summary>
    public static IReadOnlyList<DeploymentState> ReadAllWith(DeploymentState? changed) =>
        [.. ReadAll().Select(state => state.Deployment == changed?.Deployment ? changed : state)];

    public void Write() =>
        WholeFile.Write(Paths.Of(Deployment).State, JsonSerializer.SerializeToUtf8Bytes(this, StateJson.Default.DeploymentState));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(DeploymentState))]
internal sealed partial class StateJson : JsonSerializerContext;
