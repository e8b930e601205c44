using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <param name="Certificate">What was found.</param>
/// <param name="Envelope">The same, as it was signed: GET /api/certificates-key has the key.</param>
public sealed record DrillView(DrillCertificate Certificate, [property: System.Text.Json.Serialization.JsonPropertyName("signed")] Envelope Envelope);

public sealed record DrillList(IEnumerable<DrillView> Drills);

/// <summary>The proof that a bot comes up from its backups.</summary>
public sealed class Drills(Ownership ownership, OperationStarter starter, DrillCertificates certificates, SignedDocuments documents)
{
    /// <summary>Tries whether the bot comes up from its newest backup, beside the one that runs.</summary>
    [Function("DrillDeployment")]
    [Needs(Permission.Operate)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Drill(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/drills")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return Answers.Accepted(await starter.BeginAsync(client, deployment, OperationKind.Drill, Caller.Of(request), typed: null, ct));
    }

    /// <summary>Newest first: what each found, and the same as it was signed.</summary>
    [Function("ListDrills")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(DrillList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/drills")] HttpRequest request, string id,
        CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        var drills = await certificates.ListAsync(id, ct);
        return new OkObjectResult(new DrillList(drills.Select(drill => new DrillView(drill.Certificate, drill.Signed))));
    }

    /// <summary>For everybody: certificates are checked with it.</summary>
    [Function("GetCertificatesKey")]
    [Open, Answers(200, MediaType = "application/x-pem-file")]
    public async Task<IActionResult> Key(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "certificates-key")] HttpRequest request, CancellationToken ct) =>
        new ContentResult { Content = await documents.PublicKeyAsync(ct), ContentType = "application/x-pem-file" };
}
