using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Blobs;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What was erased, step by step, with when; a customer can keep it as proof.</summary>
public sealed record DeletionCertificate(
    string Deployment, string Account, string Name, string Operation, IReadOnlyList<OperationStep> Steps, string StepsSha256);

/// <summary>The end of a deployment's secrets, and the proof of its end.</summary>
public sealed class ErasureActivities(BotSecrets secrets, OperationStore operations, BlobServiceClient blobs, StepLog steps)
{
    public const string Container = "certificates";

    [Function(nameof(EraseSecrets))]
    public Task EraseSecrets([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(
            input, Steps.EraseSecrets, null,
            async _ => $"{await secrets.EraseAllAsync(input.Deployment, ct)} erased.", ct);

    [Function(nameof(IssueCertificate))]
    public Task IssueCertificate([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Certify, null, async deployment =>
        {
            var taken = (await operations.StepsAsync(input.Operation, ct)).Where(step => step.Status is StepStatus.Done).ToList();
            var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(taken, JsonSerializerOptions.Web)));
            var certificate = new DeletionCertificate(input.Deployment, input.Account, deployment.Name, input.Operation, taken, hash);
            var container = blobs.GetBlobContainerClient(Container);
            await container.CreateIfNotExistsAsync(cancellationToken: ct);
            await container.GetBlobClient($"{input.Account}/{input.Deployment}.json").UploadAsync(
                BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(certificate, JsonSerializerOptions.Web)), overwrite: true, ct);
            return $"SHA-256 {hash[..12]}…";
        }, ct);
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
