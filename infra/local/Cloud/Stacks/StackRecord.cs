using System.Text.Json;
using Launchpad.Local.Processes;

namespace Launchpad.Local.Stacks;

/// <summary>Which process runs the stack of a home, and where it answers.</summary>
/// <param name="Ready">The API answers.</param>
/// <param name="Prepared">Bots can be started too: the images they need are there.</param>
internal sealed record StackRecord(
    int Pid, long StartedAt, int Slot, string DockerSocket, bool Ready, IReadOnlyDictionary<string, string> Addresses,
    bool Prepared = false)
{
    public static StackRecord? Read(Home home) =>
        File.Exists(PathIn(home))
            ? JsonSerializer.Deserialize<StackRecord>(File.ReadAllBytes(PathIn(home)), JsonSerializerOptions.Web)
            : null;

    public static StackRecord OfThisProcess(Ports ports, Docker docker, bool ready)
    {
        using var self = RunningProcess.Find(Environment.ProcessId)!;
        return new StackRecord(self.Pid, self.StartedAt, ports.Slot, docker.Socket, ready, AddressesOf(ports));
    }

    public static void Delete(Home home) => File.Delete(PathIn(home));

    public void Write(Home home) => DurableFile.Write(PathIn(home), JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web));

    public RunningProcess? Find() => RunningProcess.Find(Pid, StartedAt);

    private static string PathIn(Home home) => Path.Combine(home.Run, "cloud.json");

    private static Dictionary<string, string> AddressesOf(Ports ports)
    {
        static string At(string origin, int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{origin}:{port}");
        return new Dictionary<string, string>
        {
            ["dashboard"] = At("http://localhost", ports.Site) + "/",
            ["api"] = At("http://localhost", ports.ControlPlane) + "/api",
            ["bots"] = At("https://{name}.localhost", ports.FrontDoor),
            ["admin"] = At("http://127.0.0.1", ports.Admin),
            ["stripe"] = At("http://127.0.0.1", ports.Stripe),
            ["models"] = At("http://127.0.0.1", ports.Models) + "/v1",
            ["keyVault"] = At("https://localhost", ports.KeyVault),
            ["resourceManager"] = At("https://localhost", ports.ResourceManager),
            ["registry"] = At("127.0.0.1", ports.Registry),
            ["blobs"] = At("http://127.0.0.1", ports.Blob) + "/" + Storage.StorageService.Account,
            ["queues"] = At("http://127.0.0.1", ports.Queue) + "/" + Storage.StorageService.Account,
            ["tables"] = At("http://127.0.0.1", ports.Table) + "/" + Storage.StorageService.Account,
            ["smtp"] = At("127.0.0.1", ports.Mail),
        };
    }
}
