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

    /// <summary>What the customer can do about it.</summary>
    public static string Advice(string code, OperationKind kind) => (kind, code) switch
    {
        (_, "cancelled") => "Nothing: it was cancelled, and what it did is taken back.",
        (_, "nothing-to-change") => "Nothing: it runs as was asked.",
        (_, "plan-void") => "Make a new plan: it looks at everything again.",
        (_, "config-invalid") => "Correct the paths that are named and send the change again. The bot that runs was not touched.",
        (_, "candidate-failed" or "candidate-silent" or "validator-failed") =>
            "Look at what changed: the version failed before it took the bot's place, which never stopped. It is not tried again unasked.",
        (OperationKind.Update or OperationKind.Upgrade or OperationKind.Rollback, "never-ready") =>
            "Nothing at once: the last known good version is back. Look at the bot's logs for why the new one failed.",
        (_, "preempted") => "Nothing: the deployment is being deleted, as was asked.",
        (OperationKind.Provision, "no-capacity") =>
            "Retry in a while; retrying costs nothing, and the operator has been told. Or delete the deployment: that ends the subscription.",
        (_, "no-room") => "Try again later: room comes free when others go. Nothing was touched, and nothing is charged.",
        (_, "data-too-large") => "Remove files from the bot, or keep the plan. Nothing was touched, and nothing is charged.",
        (_, "subscription-ended") => "Nothing was touched. Order a new bot: this one is not paid for any more.",
        (_, "billing-refused") => "Nothing on your side: the operator has to look at it. Nothing was charged.",
        (_, "quota-reached") => "Delete a deployment that you no longer need, then retry.",
        (_, "not-paid") => "Complete the payment, then retry.",
        (_, "secret-missing") => "Delete this deployment, create it again and enter the secret once more.",
        (_, "image-unsigned" or "signature-invalid" or "digest-mismatch" or "image-not-found") =>
            "Nothing on your side: the operator has to publish a correctly signed image. Retry when you hear that it is there.",
        (OperationKind.Provision, "never-ready") =>
            "Look at the bot's logs, correct the settings or the model key, then retry. Retrying costs nothing.",
        (OperationKind.Provision, _) =>
            "Retry now; retrying costs nothing. If it fails again, delete the deployment: that ends the subscription.",
        (OperationKind.Restart, _) => "Look at the bot's logs, then restart it. Its data is where it was.",
        (OperationKind.Replace, _) => "Nothing: it is tried again by itself, and the operator has been told.",
        (OperationKind.PairBrowser, "browser-unknown") => "Reload the bot's page, and pair with the id that it shows then.",
        (OperationKind.Terminate, _) => "Delete it again; what is already gone stays gone.",
        _ => "Try again.",
    };
}
