using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Blobs;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What was erased, step by step, with when, and what is kept and why; a customer can keep it as proof.</summary>
public sealed record DeletionCertificate(
    string Deployment, string Account, string Name, string Operation, IReadOnlyList<OperationStep> Steps, string StepsSha256,
    IReadOnlyList<Kept> Kept);

/// <summary>The end of a deployment's secrets and of what it wrote, and the proof of that.</summary>
public sealed class ErasureActivities(BotSecrets secrets, BotRemains remains, Certificates certificates, StepLog steps)
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

    [Function(nameof(IssueCertificate))]
    public Task IssueCertificate([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(
            input, Steps.Certify, null, async deployment => $"SHA-256 {(await certificates.IssueAsync(deployment, input, ct))[..12]}…", ct);
}

/// <summary>Proofs of deletion, by account and deployment.</summary>
public sealed class Certificates(OperationStore operations, BotRemains remains, BlobServiceClient blobs, TimeProvider clock)
{
    public const string Container = "certificates";

    /// <summary>The hash of what was done. What is kept for a while has its end from here on.</summary>
    public async Task<string> IssueAsync(Deployment deployment, OperationTarget input, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var taken = (await operations.StepsAsync(input.Operation, ct)).Where(step => step.Status is StepStatus.Done).ToList();
        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(taken, JsonSerializerOptions.Web)));
        var certificate = new DeletionCertificate(
            input.Deployment, input.Account, deployment.Name, input.Operation, taken, hash, remains.Kept(now));
        await remains.EraseLaterAsync(input.Account, input.Deployment, now, ct);
        var container = blobs.GetBlobContainerClient(Container);
        await container.CreateIfNotExistsAsync(cancellationToken: ct);
        await container.GetBlobClient($"{input.Account}/{input.Deployment}.json").UploadAsync(
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
            context.CallActivityAsync(nameof(ErasureActivities.IssueCertificate), input, Retry.Undo);
    }
}
