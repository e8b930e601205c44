using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Blobs;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What was erased, step by step, with when; a customer can keep it as proof.</summary>
/// <param name="Left">What could not be removed yet: another certificate takes the place of this one when it is gone.</param>
public sealed record DeletionCertificate(
    string Deployment, string Account, string Name, string Operation, IReadOnlyList<OperationStep> Steps, string StepsSha256,
    IReadOnlyList<OperationStep> Left);

/// <summary>The end of a deployment's secrets.</summary>
public sealed class ErasureActivities(BotSecrets secrets, StepLog steps)
{
    [Function(nameof(EraseSecrets))]
    public Task EraseSecrets([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(
            input, Steps.EraseSecrets, null,
            async _ => $"{await secrets.EraseAllAsync(input.Deployment, ct)} erased.", ct);
}

/// <summary>The proof of a deployment's end.</summary>
public sealed class CertificateActivities(OperationStore operations, BlobServiceClient blobs, Pager pager, StepLog steps)
{
    public const string Container = "certificates";

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
            var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(taken, JsonSerializerOptions.Web)));
            var certificate = new DeletionCertificate(input.Deployment, input.Account, deployment.Name, input.Operation, taken, hash, left);
            var container = blobs.GetBlobContainerClient(Container);
            await container.CreateIfNotExistsAsync(cancellationToken: ct);
            await container.GetBlobClient($"{input.Account}/{input.Deployment}.json").UploadAsync(
                BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(certificate, JsonSerializerOptions.Web)), overwrite: true, ct);
            return left.Count == 0 ? $"SHA-256 {hash[..12]}…" : $"Not all is gone yet: {string.Join(", ", left.Select(step => step.Name))}.";
        }, ct);
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
