using System.Globalization;

namespace Launchpad.Local.Storage;

/// <summary>Azurite's blobs, queues and tables behind one door, so that the fault plan reaches them.</summary>
public sealed class StorageService(CloudContext cloud) : CloudService
{
    /// <summary>The account that every Azure Storage emulator has, with the key that is in every document about one.</summary>
    public const string Account = "devstoreaccount1";
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public override string Name => "storage";

    public override int Port(Ports ports) => ports.Blob;

    public override IReadOnlyList<int> AllPorts(Ports ports) => [ports.Blob, ports.Queue, ports.Table];

    public override long? RequestBytesMax => null;

    public static string ConnectionString(Ports ports)
    {
        string Endpoint(string kind, int port) =>
            string.Create(CultureInfo.InvariantCulture, $"{kind}Endpoint=http://127.0.0.1:{port}/{Account};");
        return $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};"
            + Endpoint("Blob", ports.Blob) + Endpoint("Queue", ports.Queue) + Endpoint("Table", ports.Table);
    }

    public override void Map(IEndpointRouteBuilder routes) => routes.Map("{**path}", ForwardAsync);

    private Task ForwardAsync(HttpContext call)
    {
        var port = call.Connection.LocalPort;
        var behind = port == cloud.Ports.Blob ? cloud.Ports.AzuriteBlob
            : port == cloud.Ports.Queue ? cloud.Ports.AzuriteQueue
            : cloud.Ports.AzuriteTable;
        return Forwarder.ToPortAsync(call, behind);
    }
}
