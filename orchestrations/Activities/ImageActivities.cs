using Launchpad.Shared.Images;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Options;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record VerifyImageInput(string Operation);

/// <summary>From a tag to a digest that a trusted key signed. Nothing else is ever pulled.</summary>
public sealed class ImageActivities(ImageVerifier verifier, IOptions<ImageOptions> options, StepLog steps)
{
    [Function(nameof(VerifyImage))]
    public Task<string> VerifyImage([ActivityTrigger] VerifyImageInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.Verify, null, async () =>
        {
            var image = await verifier.ResolveAsync(options.Value.Repository, options.Value.Tag, ct);
            return (image.Reference, (string?)$"{options.Value.Tag} is {image.Digest[..19]}…, signed by key {image.Signer[..12]}…");
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
