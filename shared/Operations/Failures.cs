using Azure;
using Launchpad.Shared.Images;
using Launchpad.Shared.Ssh;
using Stripe;

namespace Launchpad.Shared.Operations;

/// <summary>An exception in the words that a customer reads.</summary>
/// <param name="Permanent">True when trying again cannot help.</param>
public sealed record Failure(string Code, string Message, bool Permanent)
{
    /// <summary>Says nothing that was not written for a customer: an unknown exception's text stays in the operator's log.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        PermanentException known => new(known.Code, known.Message, Permanent: true),
        ImageRejectedException image => new(image.Code, image.Message, !image.Retryable),
        VmFailedException vm => new(vm.Code, vm.Message, !vm.Retryable),
        RequestFailedException azure => new(
            "cloud-unavailable", $"A cloud service did not do as asked ({azure.Status} {azure.ErrorCode}).", Permanent: false),
        StripeException => new("billing-unavailable", "The payment provider did not do as asked.", Permanent: false),
        HttpRequestException => new("service-unreachable", "A service that is needed for this could not be reached.", Permanent: false),
        _ => new("internal", "Something unexpected went wrong on our side. It was recorded and is being looked at.", Permanent: false),
    };

    /// <summary>Whether it is the release that failed, and not what was asked of it or where it was to run.</summary>
    public static bool IsOfRelease(string code) =>
        code is "config-invalid" or "candidate-failed" or "candidate-silent" or "validator-failed" or "never-ready";
}
