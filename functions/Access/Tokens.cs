using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Access;

/// <param name="Name">By which you know it.</param>
/// <param name="Permissions">What it may do: read, operate, change, delete, reveal, pay. No more than you may yourself.</param>
/// <param name="Deployment">The only bot that it is for; null for all.</param>
/// <param name="Days">How long it is good: 1 to 365, 90 when left out.</param>
public sealed record NewToken(
    [property: Required] string? Name, [property: Required] IReadOnlyList<string>? Permissions, string? Deployment, int? Days);

/// <param name="By">The member who made it: it can do no more than he may.</param>
/// <param name="Deployment">The only bot that it reaches; null for all.</param>
/// <param name="LastUsedAt">To ten minutes; null for never.</param>
/// <param name="Reaches">The routes that it opens.</param>
public sealed record TokenView(
    string Id, string Name, IReadOnlyList<string> Permissions, string? Deployment, string By, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt, IReadOnlyList<string> Reaches)
{
    internal static TokenView Of(ApiToken token) => new(
        token.Id, token.Name, [.. token.May.Select(permission => permission.Wire())], token.Deployment, token.By, token.CreatedAt, token.ExpiresAt,
        token.LastUsedAt,
        [.. Routes.ByFunction.Values
            .Where(route => route.Needs is { } needed && token.May.Contains(needed) && (token.Deployment is null || route.IsOfOneBot))
            .SelectMany(route => route.Methods.Where(method => !HttpMethods.IsHead(method)).Select(method => $"{method} /api/{route.Template}"))
            .Order(StringComparer.Ordinal)]);
}

public sealed record TokenList(IReadOnlyList<TokenView> Tokens);

/// <param name="Secret">Shown once; send it as bearer token.</param>
public sealed record TokenMade(string Secret, TokenView Token);

/// <summary>What programs sign in with: for a while, for what they need, and for one bot where that is enough.</summary>
public sealed class Tokens(Callers callers, ApiTokenStore tokens, DeploymentStore deployments, AccountLog log)
{
    private const int DaysUsual = 90;
    private static readonly int DaysMax = (int)ApiTokenStore.LifetimeMax.TotalDays;

    /// <summary>Makes a token for a program.</summary>
    [Function("CreateToken")]
    [Needs(Permission.Manage)]
    [StepUp, Takes(typeof(NewToken)), Answers(201, typeof(TokenMade))]
    public async Task<IActionResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tokens")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        Caller.Of(request).RequireConfirmed();
        var body = await Bodies.ReadAsync<NewToken>(request, ct);
        var (caller, name, may) = (Caller.Of(request), Rules.Name(body.Name), Permissions(body.Permissions));
        if (may.FirstOrDefault(permission => !caller.May.Contains(permission), Permission.Self) is var above and not Permission.Self)
        {
            throw Problems.NotAllowed(above);
        }

        if (body.Days is < 1 || body.Days > DaysMax)
        {
            throw Problems.Invalid("days", $"is 1 to {DaysMax}.");
        }

        if (body.Deployment is { } only && !(Ids.IsValid(only, Ids.Deployment) && await deployments.FindAsync(account.Id, only, ct) is not null))
        {
            throw Problems.Invalid("deployment", "is the id of one of your bots.");
        }

        var made = await tokens.AddAsync(
            account.Id, caller.Person.Id, name, may, body.Deployment, TimeSpan.FromDays(body.Days ?? DaysUsual), ct)
            ?? throw Problems.Invalid("name", $"is of one too many: an account has at most {ApiTokenStore.PerAccountMax} tokens. Take one back first.");
        // Before anybody has it.
        await log.ActAsync(caller, "create-token", new { token = made.Kept.Id, after = Said(made.Kept) }, name, ct);
        return new ObjectResult(new TokenMade(made.Token, TokenView.Of(made.Kept))) { StatusCode = StatusCodes.Status201Created };
    }

    /// <summary>The tokens of this account, newest first: what each may do, and when it was used.</summary>
    [Function("ListTokens")]
    [Needs(Permission.Manage)]
    [Answers(200, typeof(TokenList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tokens")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(new TokenList(
            [.. (await tokens.ListAsync((await callers.RequireAsync(request, ct)).Id, ct)).Select(TokenView.Of)]));

    /// <summary>Takes a token back: it opens nothing from now on.</summary>
    [Function("RevokeToken")]
    [Needs(Permission.Manage)]
    [Answers(204)]
    public async Task<IActionResult> Revoke(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "tokens/{token}")] HttpRequest request, string token, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var known = (await tokens.ListAsync(account.Id, ct)).FirstOrDefault(one => one.Id == token) ?? throw Problems.NotFound();
        await log.ActAsync(Caller.Of(request), "revoke-token", new { token, before = Said(known) }, known.Name, ct);
        await tokens.RemoveAsync(account.Id, token, ct);
        return new NoContentResult();
    }

    /// <summary>As the record has it.</summary>
    private static object Said(ApiToken token) =>
        new { permissions = token.May.Select(permission => permission.Wire()), token.Deployment, token.By, token.ExpiresAt };

    private static List<Permission> Permissions(IReadOnlyList<string>? typed)
    {
        var known = RolePermissions.OfTokens.ToDictionary(permission => permission.Wire());
        return typed is { Count: > 0 } && typed.All(name => name is not null && known.ContainsKey(name))
            ? [.. typed.Select(name => known[name]).Distinct().Order()]
            : throw Problems.Invalid("permissions", $"is a list of some of {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
    }
}
