using System.Globalization;
using System.Text.Json;
using Azure;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>What machines tell of themselves. A machine proves who it is with the host key that it was made with.</summary>
public sealed class Machines(VmStore vms, HeartbeatIntake heartbeats, Recoveries recoveries, TimeProvider clock)
{
    /// <summary>How far a machine's clock may be from ours.</summary>
    private static readonly TimeSpan SkewMax = TimeSpan.FromMinutes(2);

    /// <summary>What a machine tells of itself, signed with its host key.</summary>
    [Function("TakeHeartbeat")]
    [Unrecorded("A machine tells how it is.")]
    [Open, Answers(204)]
    public async Task<IActionResult> Heartbeat(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "machines/{vm}/heartbeat")] HttpRequest request, string vm,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var body = await Bodies.ReadBytesAsync(request, HeartbeatStore.ReportBytesMax, ct);
        var now = clock.GetUtcNow();
        var (time, key, signature) = Proof(request.Headers);
        if (!Shared.Ids.IsValid(vm, Shared.Ids.Vm) || await vms.FindAsync(vm, ct) is not { HostKey: { } hostKey }
            || !HeartbeatSignature.IsValid(hostKey, key, vm, time, body, signature))
        {
            throw Problems.MachineRefused("The machine is not known, or this is not its signature.");
        }

        if ((now - DateTimeOffset.UnixEpoch - TimeSpan.FromMilliseconds(time)).Duration() > SkewMax)
        {
            throw Problems.MachineRefused("The time of the heartbeat is too far from the time here.");
        }

        var news = await heartbeats.TakeAsync(vm, time, now, body, ct);
        if (news is HeartbeatNews.Changed)
        {
            await recoveries.LookAsync(client, vm, ct);
        }

        return news is HeartbeatNews.Repeated ? throw Problems.HeartbeatRepeated() : new NoContentResult();
    }

    private static (long Time, byte[] Key, byte[] Signature) Proof(IHeaderDictionary headers) =>
        long.TryParse(headers[HeartbeatProof.TimeHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && time <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? (time, Decoded(headers[HeartbeatProof.KeyHeader]), Decoded(headers[HeartbeatProof.SignatureHeader]))
            : throw Problems.MachineRefused("A heartbeat carries its time, its key and its signature.");

    /// <summary>Nothing for what is no base64; nothing is nobody's key and signs nothing.</summary>
    private static byte[] Decoded(string? text)
    {
        var bytes = new byte[512];
        return text is { Length: < 512 } && Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }
}

/// <summary>Keeps what a heartbeat tells.</summary>
public sealed class HeartbeatIntake(HeartbeatStore heartbeats, UsageStore usage, ILogger<HeartbeatIntake> log)
{
    /// <exception cref="ProblemException">When it is no report.</exception>
    public async Task<HeartbeatNews> TakeAsync(string vm, long sentAt, DateTimeOffset receivedAt, byte[] body, CancellationToken ct)
    {
        var report = Read(body);
        var news = await heartbeats.TryPutAsync(vm, sentAt, receivedAt, body, ct);
        if (news is not HeartbeatNews.Repeated)
        {
            await MeasureAsync(vm, report, ct);
        }

        return news;
    }

    // A curve may have a gap; whether a bot is well must not hang on it.
    private async Task MeasureAsync(string vm, VmReport report, CancellationToken ct)
    {
        try
        {
            await usage.TakeAsync(vm, report, ct);
        }
        catch (RequestFailedException silent)
        {
            log.LogWarning(silent, "What the bots of {Vm} use was not kept", vm);
        }
    }

    private static VmReport Read(byte[] body)
    {
        try
        {
            return HeartbeatStore.Read(body);
        }
        catch (JsonException)
        {
            throw Problems.Malformed("The report is not what a machine tells.");
        }
    }
}
