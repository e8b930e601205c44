using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Blobs;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What was erased, step by step, with when, and what is kept and why; a customer can keep it as proof.</summary>
/// <param name="Left">What could not be removed yet: another certificate takes the place of this one when it is gone.</param>
public sealed record DeletionCertificate(
    string Deployment, string Account, string Name, string Operation, IReadOnlyList<OperationStep> Steps, string StepsSha256,
    IReadOnlyList<OperationStep> Left, IReadOnlyList<Kept> Kept);

/// <summary>The end of a deployment's secrets and of what it wrote.</summary>
public sealed class ErasureActivities(BotSecrets secrets, BotRemains remains, StepLog steps)
{
    [Function(nameof(EraseSecrets))]
    public Task EraseSecrets([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(
            input, Steps.EraseSecrets, null,
            async _ =>
            {
                var (erased, rows) = (await secrets.EraseAllAsync(input.Deployment, ct), await remains.EraseAsync(input.Deployment, ct));
                return $"{erased} erased, and {rows} lines and findings.";
            },
            ct);
}

/// <summary>The proof of a deployment's end.</summary>
public sealed class CertificateActivities(OperationStore operations, Certificates certificates, Pager pager, StepLog steps)
{
    private static readonly string[] Removals =
    [
        .. new[] { Steps.CancelSubscription, Steps.RemoveCandidate, Steps.Unroute, Steps.Remove, Steps.Release, Steps.EraseSecrets }
            .Select(step => step.Name),
    ];

    /// <summary>A person is called for as long as something is left.</summary>
    [Function(nameof(IssueCertificate))]
    public Task IssueCertificate([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Certify, null, async deployment =>
        {
            var all = await operations.StepsAsync(input.Operation, ct);
            var taken = all.Where(step => step.Status is StepStatus.Done && step.Name != Steps.Certify.Name).ToList();
            var left = all.Where(step => step.Status is StepStatus.Failed && Removals.Contains(step.Name)).ToList();
            await (left.Count == 0
                ? pager.ResolveAsync(PageKind.SagaFailed, input.Deployment, ct)
                : pager.RaiseAsync(
                    PageKind.SagaFailed, input.Deployment,
                    $"A deletion could not remove everything, and goes on trying. Instance: {input.Operation}. "
                    + string.Join(' ', left.Select(step => $"{step.Title}: {step.Detail}")), ct));
            var hash = await certificates.IssueAsync(deployment, input.Operation, taken, left, ct);
            return left.Count == 0 ? $"SHA-256 {hash[..12]}…" : $"Not all is gone yet: {string.Join(", ", left.Select(step => step.Name))}.";
        }, ct);
}

/// <summary>Proofs of deletion, by account and deployment.</summary>
public sealed class Certificates(BotRemains remains, BlobServiceClient blobs, TimeProvider clock)
{
    public const string Container = "certificates";

    /// <summary>The hash of what was done. What is kept for a while has its end from here on.</summary>
    public async Task<string> IssueAsync(
        Deployment deployment, string operation, IReadOnlyList<OperationStep> taken, IReadOnlyList<OperationStep> left, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(taken, JsonSerializerOptions.Web)));
        var certificate = new DeletionCertificate(
            deployment.Id, deployment.Account, deployment.Name, operation, taken, hash, left, remains.Kept(now));
        await remains.EraseLaterAsync(deployment.Account, deployment.Id, now, ct);
        var container = blobs.GetBlobContainerClient(Container);
        await container.CreateIfNotExistsAsync(cancellationToken: ct);
        await container.GetBlobClient($"{deployment.Account}/{deployment.Id}.json").UploadAsync(
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(certificate, JsonSerializerOptions.Web)), overwrite: true, ct);
        return hash;
    }
}

public static class ErasureCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task EraseSecrets(OperationTarget input) =>
            context.CallActivityAsync(nameof(ErasureActivities.EraseSecrets), input, Retry.Undo);

        public Task IssueCertificate(OperationTarget input) =>
            context.CallActivityAsync(nameof(CertificateActivities.IssueCertificate), input, Retry.Undo);
    }
}
