using System.Text.Json;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Auth;

/// <param name="Name">By which its owner knows it.</param>
/// <param name="State">Of POST …/passkeys/options.</param>
/// <param name="Credential">What `navigator.credentials.create` gave, by its `toJSON()`.</param>
public sealed record NewPasskey(string? State, string? Name, JsonElement? Credential);

/// <param name="State">Of POST …/login/passkey/options.</param>
/// <param name="Credential">What `navigator.credentials.get` gave, by its `toJSON()`.</param>
public sealed record ShownPasskey(string? State, JsonElement? Credential);

public sealed record PasskeyView(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    public static PasskeyView Of(Passkey passkey) => new(passkey.Id, passkey.Name, passkey.CreatedAt, passkey.LastUsedAt);
}

/// <summary>An account's passkeys.</summary>
public sealed class Passkeys(Callers callers, PasskeyCeremonies ceremonies, PasskeyStore passkeys, AccountLog log)
{
    /// <summary>Begins to add one.</summary>
    [Function("BeginPasskey")]
    [Unrecorded("A question to a device.")]
    [Needs(Permission.Self)]
    [StepUp, Answers(200, typeof(Ceremony))]
    public async Task<IActionResult> Begin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/passkey-options")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        Caller.Of(request).RequireConfirmed();
        return new OkObjectResult(await ceremonies.BeginAsync(account, ct));
    }

    /// <summary>Adds the one that was made.</summary>
    [Function("AddPasskey")]
    [Needs(Permission.Self)]
    [StepUp, Takes(typeof(NewPasskey)), Answers(201, typeof(PasskeyView))]
    public async Task<IActionResult> Add(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/passkeys")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var body = await Bodies.ReadAsync<NewPasskey>(request, ct);
        var added = await ceremonies.AddAsync(account, Rules.Name(body.Name), body.State, body.Credential, ct);
        await log.ActAsync(account.Id, "add-passkey", new { passkey = added.Id }, ct);
        return new ObjectResult(PasskeyView.Of(added)) { StatusCode = StatusCodes.Status201Created };
    }

    /// <summary>It signs in no more. What was signed in with it stays.</summary>
    [Function("RemovePasskey")]
    [Needs(Permission.Self)]
    [StepUp, Answers(204)]
    public async Task<IActionResult> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "auth/passkeys/{id}")] HttpRequest request, string id, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        if (!await passkeys.RemoveAsync(account.Id, id, ct))
        {
            throw Problems.NotFound();
        }

        await log.ActAsync(account.Id, "remove-passkey", new { passkey = id }, ct);
        return new NoContentResult();
    }
}

/// <summary>Signing in with a passkey: no address is typed, so none is told of.</summary>
public sealed class PasskeyLogin(PasskeyCeremonies ceremonies, AccountStore accounts, SecondStep second)
{
    /// <summary>Begins to sign in with a passkey.</summary>
    [Function("BeginPasskeyLogin")]
    [Unrecorded("A question to a device.")]
    [Open, Answers(200, typeof(Ceremony))]
    public async Task<IActionResult> Begin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login/passkey/options")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(await ceremonies.AskAsync(Callers.Address(request), ct));

    /// <summary>Signs in with a passkey. No code is asked for: the device has looked who holds it.</summary>
    [Function("PasskeyLogin")]
    [Open, Takes(typeof(ShownPasskey)), Answers(200, typeof(SignedIn))]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login/passkey")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<ShownPasskey>(request, ct);
        var id = await ceremonies.CheckAsync(body.State, body.Credential, Callers.Address(request), ct);
        var account = await accounts.FindAsync(id, ct) ?? throw Problems.PasskeyRefused();
        return await accounts.FindByEmailAsync(account.Email, ct) is { } login && login.Account.Id == id
            ? await second.EnterAsync(request, login, "passkey", ct)
            : throw Problems.PasskeyRefused();
    }
}
