using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Launchpad.Shared.Vms;
using Launchpad.Vm.Backups;

namespace Launchpad.Vm.Verbs;

/// <summary>Tells the control plane how this VM is. Whether it is heard or not, what runs goes on; and first of all, what a backup stopped
/// and should run by now runs again. Beside it, what bots may reach is looked up again.</summary>
internal static class Heartbeat
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<HeartbeatResult> RunAsync(HeartbeatRequest request)
    {
        using var docker = new DockerEngine();
        await Alarm.ObeyAsync(docker);
        var names = EgressNames.RefreshAsync(DateTimeOffset.UtcNow);
        try
        {
            return await TellAsync(request, docker);
        }
        finally
        {
            await names;
        }
    }

    private static async Task<HeartbeatResult> TellAsync(HeartbeatRequest request, DockerEngine docker)
    {
        var report = await MachineReport.BuildAsync(docker);
        using var key = HostKey.Parse(await File.ReadAllTextAsync(HostKey.Path));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var post = Post(request, report, key);
            using var answer = await http.SendAsync(post);
            return answer.IsSuccessStatusCode
                ? new(report.At, report.Bots?.Count ?? 0)
                : throw new VmFailure(
                    VmErrorCode.HeartbeatRefused, $"The control plane answered {(int)answer.StatusCode}.", retryable: true);
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            throw new VmFailure(
                VmErrorCode.ControlPlaneUnreachable, $"The control plane does not answer: {silent.Message}", retryable: true);
        }
    }

    internal static HttpRequestMessage Post(HeartbeatRequest request, VmReport report, HostKey key)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(report, VmJson.Default.VmReport);
        var time = report.At.ToUnixTimeMilliseconds();
        return new(HttpMethod.Post, request.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { HeartbeatProof.KeyHeader, Convert.ToBase64String(key.PublicBlob) },
                { HeartbeatProof.TimeHeader, time.ToString(CultureInfo.InvariantCulture) },
                { HeartbeatProof.SignatureHeader, Convert.ToBase64String(key.Sign(HeartbeatProof.Content(request.Vm, time, body))) },
            },
        };
    }
}
