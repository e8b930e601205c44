using Launchpad.Shared.Images;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Options;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Tag">null for the one that the operator offers.</param>
public sealed record VerifyImageInput(string Operation, string Account, string Deployment, string? Tag = null)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>From a tag to a digest that a trusted key signed. Nothing else is ever pulled.</summary>
public sealed class ImageActivities(ImageVerifier verifier, IOptions<ImageOptions> options, StepLog steps)
{
    [Function(nameof(VerifyImage))]
    public Task<string> VerifyImage([ActivityTrigger] VerifyImageInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Verify, null, async _ =>
        {
            var tag = input.Tag ?? options.Value.Tag;
            var image = await verifier.ResolveAsync(options.Value.Repository, tag, ct);
            return (image.Reference, (string?)$"{tag} is {image.Digest[..19]}…, signed by key {image.Signer[..12]}…");
        }, ct);
}

public static class ImageCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<string> VerifyImage(VerifyImageInput input) =>
            context.CallActivityAsync<string>(nameof(ImageActivities.VerifyImage), input, Retry.Machine);
    }
}
