using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Short names for what stands under `deployments/…`, for programs that know an instance by one id: `deployment` in the query says
/// which. Each answers as the route that it stands for, body and all.</summary>
public sealed class Aliases(Deployments deployments, Lifecycle lifecycle, Backups backups, Restores restores)
{
    private const string Deployment = "deployment";

    /// <summary>The same as POST /deployments.</summary>
    [Function("ProvisionAlias")]
    [Needs(Permission.Change)]
    [Takes(typeof(CreateDeployment)), Answers(201, typeof(DeploymentView))]
    public Task<IActionResult> Provision(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "provision")] HttpRequest request, CancellationToken ct) =>
        deployments.Create(request, ct);

    /// <summary>The same as DELETE /deployments/{id}.</summary>
    [Function("DeprovisionAlias")]
    [Needs(Permission.Delete)]
    [Query(Deployment), Query("window", "none")]
    [StepUp, Answers(202, typeof(Begun)), Answers(204)]
    public Task<IActionResult> Deprovision(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "deprovision")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        lifecycle.Delete(request, Id(request), client, ct);

    /// <summary>The same as POST /deployments/{id}/restart.</summary>
    [Function("RestartAlias")]
    [Needs(Permission.Operate)]
    [Query(Deployment)]
    [Answers(202, typeof(Begun))]
    public Task<IActionResult> Restart(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "restart")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        lifecycle.Restart(request, Id(request), client, ct);

    /// <summary>The same as GET /deployments/{id}.</summary>
    [Function("StatusAlias")]
    [Needs(Permission.Read)]
    [Query(Deployment)]
    [Answers(200, typeof(DeploymentView))]
    public Task<IActionResult> Status(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "status")] HttpRequest request, CancellationToken ct) =>
        deployments.Get(request, Id(request), ct);

    /// <summary>The same as POST /deployments/{id}/backups.</summary>
    [Function("BackupAlias")]
    [Needs(Permission.Operate)]
    [Query(Deployment)]
    [Answers(202, typeof(Begun))]
    public Task<IActionResult> BackUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "backup")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        backups.BackUp(request, Id(request), client, ct);

    /// <summary>The same as POST /deployments/{id}/restore.</summary>
    [Function("RestoreAlias")]
    [Needs(Permission.Change)]
    [Query(Deployment), Query("plan", "true", "false")]
    [Takes(typeof(RestoreFrom)), Answers(202, typeof(Begun)), Answers(200, typeof(RestorePlan))]
    public Task<IActionResult> Restore(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "restore")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        restores.Restore(request, Id(request), client, ct);

    /// <summary>What is no id leads nowhere, as everywhere.</summary>
    private static string Id(HttpRequest request) => request.Query[Deployment].ToString() is { Length: > 0 } id
        ? id
        : throw Problems.Invalid(Deployment, "in the query says which one: GET /api/deployments lists them.");
}

/// <summary>Another way to send a change of the config.</summary>
public sealed class UpdateAlias(ConfigChanges changes)
{
    /// <summary>The same as PATCH /deployments/{id}/config.</summary>
    [Function("UpdateAlias")]
    [Needs(Permission.Change)]
    [Query(ChangePreviews.Parameter, "true", "false")]
    [Query(ChangePreviews.FormerParameter, "true", "false")]
    [IfMatch, Takes(typeof(ConfigPatch)), Answers(202, typeof(Begun))]
    public Task<IActionResult> Update(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/update")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        changes.Update(request, id, client, ct);
}
