using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Push;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Notifications;

/// <summary>Browsers that show a person what he is written to about.</summary>
public sealed class Devices(OwnDevices own, DeviceStore devices, VapidKeys keys, AccountLog log)
{
    /// <summary>Your devices, oldest first, and the key that another one subscribes with.</summary>
    [Function("ListDevices")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(DeviceList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "notifications/devices")] HttpRequest request, CancellationToken ct)
    {
        var person = await own.PersonAsync(request, ct);
        return new OkObjectResult(new DeviceList(await keys.PublicKeyAsync(ct), [.. (await devices.ListAsync(person, ct)).Select(DeviceView.Of)]));
    }

    /// <summary>Has this browser show what you are written to about. The same subscription again is the same device.</summary>
    [Function("AddDevice")]
    [Needs(Permission.Self)]
    [Takes(typeof(NewDevice)), Answers(201, typeof(DeviceView))]
    public async Task<IActionResult> Add(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "notifications/devices")] HttpRequest request, CancellationToken ct)
    {
        var person = await own.PersonAsync(request, ct);
        var target = own.Target(await Bodies.ReadAsync<NewDevice>(request, ct));
        var added = await devices.AddAsync(person, target, Browsers.Name(request.Headers.UserAgent.ToString()), ct)
            ?? throw Problems.Invalid("endpoint", $"is of one too many: a person has at most {DeviceStore.PerPersonMax} devices.");
        await log.ActAsync(person, "add-device", new { device = added.Id }, ct);
        return new ObjectResult(DeviceView.Of(added)) { StatusCode = StatusCodes.Status201Created };
    }

    /// <summary>It shows nothing any more.</summary>
    [Function("RemoveDevice")]
    [Needs(Permission.Self)]
    [Answers(204)]
    public async Task<IActionResult> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "notifications/devices/{id}")] HttpRequest request, string id, CancellationToken ct)
    {
        var known = await own.FindAsync(request, id, ct);
        if (!await devices.RemoveAsync(known.Person, known.Id, ct))
        {
            throw Problems.NotFound();
        }

        await log.ActAsync(known.Person, "remove-device", new { device = known.Id }, ct);
        return new NoContentResult();
    }
}

/// <summary>Looking whether a device hears.</summary>
public sealed class DeviceTrials(OwnDevices own, PushNotices pushes)
{
    /// <summary>Sends it a notification, the way that every other goes: at most one a minute.</summary>
    [Function("TestDevice")]
    [Unrecorded("A notification alone.")]
    [Needs(Permission.Self)]
    [Answers(202)]
    public async Task<IActionResult> Test(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "notifications/devices/{id}/test")] HttpRequest request, string id, CancellationToken ct)
    {
        await pushes.TestAsync(await own.FindAsync(request, id, ct), ct);
        return new StatusCodeResult(StatusCodes.Status202Accepted);
    }
}
