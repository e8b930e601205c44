using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Assistants;

public sealed record NewAssistant([property: Required] string? Name);

/// <param name="Token">Shown once; the assistant sends it as bearer token to /api/mcp, and it is good for nothing else.</param>
public sealed record AssistantLetIn(string Id, string Name, string Token, DateTimeOffset ExpiresAt);

/// <param name="Confirmation">What the assistant needs to make just this change, once.</param>
public sealed record ConfirmationView(string Confirmation, DateTimeOffset ExpiresAt);

/// <summary>Programs that an owner lets in to read and to ask; what they would change, he confirms.</summary>
public sealed class Assistants(Callers callers, SessionStore sessions, AccountLog log)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>Lets an assistant in. It is listed and closed with the sessions.</summary>
    [Function("LetAssistantIn")]
    [Needs(Permission.Self)]
    [StepUp, Takes(typeof(NewAssistant)), Answers(200, typeof(AssistantLetIn))]
    public async Task<IActionResult> LetIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/assistants")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var name = Rules.Name((await Bodies.ReadAsync<NewAssistant>(request, ct)).Name);
        var (token, expires) = await sessions.OpenAsync(account.Id, name, Scopes.Assistant, Lifetime, ct);
        // Before anybody has the token.
        await log.ActAsync(Caller.Of(request), "let-assistant-in", new { session = SessionIds.OfToken(token) }, name, ct);
        return new OkObjectResult(new AssistantLetIn(SessionIds.OfToken(token), name, token, expires));
    }
}

/// <summary>What an owner lets his assistant do.</summary>
public sealed class AssistantConfirmations(Ownership ownership, SessionStore sessions, AssistantChanges changes)
{
    private static readonly TimeSpan ConfirmedFor = TimeSpan.FromMinutes(10);

    /// <summary>The owner's word that an assistant may make the change that this preview shows.</summary>
    [Function("ConfirmPreview")]
    [Needs(Permission.Change)]
    [Answers(200, typeof(ConfirmationView))]
    public async Task<IActionResult> Confirm(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "operations/{id}/confirm")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var operation = await ownership.FindOperationAsync(request, id, ct);
        // Whoever gives his word may do himself what is done by it.
        Caller.Of(request).RequireFor(operation.Kind, operation.Request);
        await changes.EnsureHoldsAsync(operation, ct);
        var (token, expires) = await sessions.OpenAsync(operation.Account, "a confirmation", Scopes.Confirmation(id), ConfirmedFor, ct);
        return new OkObjectResult(new ConfirmationView(token, expires));
    }
}
