using System.Globalization;
using System.Security.Cryptography;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Tests.Health;

/// <summary>Who may say how a machine is. What is refused leaves the last heartbeat as it was.</summary>
[Collection(OnOnePlane.Name)]
public sealed class HeartbeatTests(Plane plane) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => key.Dispose();

    [Fact]
    public async Task A_machines_own_heartbeat_is_taken_once_and_only_newer_ones_after_it()
    {
        var vm = await plane.MachineAsync(key);
        Assert.IsType<NoContentResult>(await SendAsync(vm.Id, Time));
        Assert.Equal(409, (await RefusedAsync(vm.Id, Time)).Status);
        Assert.Equal(409, (await RefusedAsync(vm.Id, Time - 1)).Status);
        Assert.Equal(Time, (await LastAsync(vm.Id))!.SentAt);
        Assert.IsType<NoContentResult>(await SendAsync(vm.Id, Time + 1));
        Assert.Equal(Time + 1, (await LastAsync(vm.Id))!.SentAt);
    }

    [Fact]
    public async Task Of_many_at_once_with_the_same_time_one_is_taken()
    {
        var vm = await plane.MachineAsync(key);
        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await SendAsync(vm.Id, Time);
                return true;
            }
            catch (ProblemException refused) when (refused.Status == 409)
            {
                return false;
            }
        }));
        Assert.Equal(1, sent.Count(taken => taken));
    }

    [Theory]
    [InlineData(-121)]
    [InlineData(121)]
    public async Task A_heartbeat_of_another_time_is_refused(int seconds) => await NothingTakenAsync(Time + (seconds * 1000L));

    [Fact]
    public async Task Another_machines_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await NothingTakenAsync(Time, signer: other);
        await NothingTakenAsync(Time, signer: other, shown: key);
        await NothingTakenAsync(Time, signer: key, shown: other);
    }

    [Fact]
    public async Task A_signature_for_other_words_another_time_or_another_machine_is_refused()
    {
        await NothingTakenAsync(Time, body: "{\"bots\":[]}"u8.ToArray());
        await NothingTakenAsync(Time, signedTime: Time - 1);
        await NothingTakenAsync(Time, signedVm: "vm_01K00000000000000000000000X");
    }

    [Fact]
    public async Task Who_is_not_known_is_refused_as_who_lies()
    {
        var unknown = await RefusedAsync("vm_01K0000000000000000000ZZZZ", Time);
        var nonsense = await RefusedAsync("nonsense", Time);
        Assert.Equal((401, "urn:launchpad:problem:machine-refused"), (unknown.Status, unknown.Type));
        Assert.Equal((unknown.Status, unknown.Type, unknown.Message), (nonsense.Status, nonsense.Type, nonsense.Message));
    }

    [Theory]
    [InlineData(HeartbeatProof.KeyHeader, null)]
    [InlineData(HeartbeatProof.KeyHeader, "%%%")]
    [InlineData(HeartbeatProof.SignatureHeader, null)]
    [InlineData(HeartbeatProof.SignatureHeader, "AAAA")]
    [InlineData(HeartbeatProof.TimeHeader, null)]
    [InlineData(HeartbeatProof.TimeHeader, "-1")]
    [InlineData(HeartbeatProof.TimeHeader, "9223372036854775807")]
    public async Task A_proof_that_is_none_is_refused(string header, string? value)
    {
        var vm = await plane.MachineAsync(key);
        var request = Request(vm.Id, Time, plane.Body(), key, key, Time, vm.Id);
        request.Headers[header] = value;
        var refused = await Assert.ThrowsAsync<ProblemException>(() => TakeAsync(request, vm.Id));
        Assert.Equal(401, refused.Status);
        Assert.Null(await LastAsync(vm.Id));
    }

    [Fact]
    public async Task What_is_no_report_or_too_long_is_refused_though_it_is_signed()
    {
        var vm = await plane.MachineAsync(key);
        var broken = "[1"u8.ToArray();
        var malformed = await Assert.ThrowsAsync<ProblemException>(
            () => TakeAsync(Request(vm.Id, Time, broken, key, key, Time, vm.Id), vm.Id));
        var large = new byte[HeartbeatStore.ReportBytesMax + 1];
        var tooLarge = await Assert.ThrowsAsync<ProblemException>(
            () => TakeAsync(Request(vm.Id, Time, large, key, key, Time, vm.Id), vm.Id));
        Assert.Equal((400, 413), (malformed.Status, tooLarge.Status));
        Assert.Null(await LastAsync(vm.Id));
    }

    /// <summary>An empty machine that is well gives nothing to start.</summary>
    private static DurableTaskClient NoEngine => null!;

    private long Time => plane.Clock.Now.ToUnixTimeMilliseconds();

    private Task<Heartbeat?> LastAsync(string vm) => plane.Get<HeartbeatStore>().FindAsync(vm, CancellationToken.None);

    private Task<IActionResult> SendAsync(string vm, long time) => TakeAsync(Request(vm, time, plane.Body(), key, key, time, vm), vm);

    private Task<IActionResult> TakeAsync(HttpRequest request, string vm) =>
        plane.Make<Machines>().Heartbeat(request, vm, NoEngine, CancellationToken.None);

    private Task<ProblemException> RefusedAsync(string vm, long time) =>
        Assert.ThrowsAsync<ProblemException>(() => SendAsync(vm, time));

    /// <param name="body">What is sent in place of what was signed.</param>
    private async Task NothingTakenAsync(
        long time, ECDsa? signer = null, ECDsa? shown = null, byte[]? body = null, long? signedTime = null, string? signedVm = null)
    {
        var vm = await plane.MachineAsync(key);
        var request = Request(vm.Id, time, plane.Body(), signer ?? key, shown ?? signer ?? key, signedTime ?? time, signedVm ?? vm.Id);
        request.Body = body is null ? request.Body : new MemoryStream(body);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => TakeAsync(request, vm.Id));
        Assert.Equal(401, refused.Status);
        Assert.Null(await LastAsync(vm.Id));
    }

    private static HttpRequest Request(string vm, long time, byte[] body, ECDsa signer, ECDsa shown, long signedTime, string signedVm)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.Path = $"/api/machines/{vm}/heartbeat";
        request.Body = new MemoryStream(body);
        request.Headers[HeartbeatProof.TimeHeader] = time.ToString(CultureInfo.InvariantCulture);
        request.Headers[HeartbeatProof.KeyHeader] = Convert.ToBase64String(Plane.Blob(shown));
        request.Headers[HeartbeatProof.SignatureHeader] = Convert.ToBase64String(
            signer.SignData(HeartbeatProof.Content(signedVm, signedTime, body), HashAlgorithmName.SHA256));
        return request;
    }
}
