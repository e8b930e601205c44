using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Launchpad.Local.Demo;

public sealed record TimedStep(string Name, long Ms);

/// <summary>What the demonstration found. Times are milliseconds.</summary>
/// <param name="Ratio">From payment to running, over the time that a bare container of the same image takes to be ready.</param>
public sealed record DemoReport(
    bool Ok, IReadOnlyList<TimedStep> Steps, long TotalMs, long PaidToRunningMs, long BareBootMs, double Ratio, string Url, string Answer);

/// <summary>The main job on real input, through the public API, as a customer does it.</summary>
public sealed class Demonstration(Ports ports, string caPath, string dockerSocket, Action<string> say)
{
    private const string Question = "Hello! Who are you?";
    private const long ImageWasThereMs = 3_000;

    public async Task<DemoReport> RunAsync(CancellationToken ct)
    {
        var total = Stopwatch.StartNew();
        using var customer = Customer.Of(new Uri($"http://127.0.0.1:{ports.ControlPlane}/"));
        var email = $"ada+{Guid.NewGuid():N}@example.com";
        await customer.SignUpAsync(email, Guid.NewGuid().ToString("N"), ct);
        say($"Signed up as {email}");

        var bought = await BuyAsync(customer, ct);
        if (!IsComparable(bought.Provision))
        {
            // The first bot on a new machine pays for the machine and for the image's way to it; the comparison is about neither. It goes
            // before the second comes: what it still does after its start would slow down one side of the comparison and not the other.
            say("That included a new machine and the image's way to it. Once more, on a machine that has both:");
            await EndAsync(customer, bought.Deployment, ct);
            bought = await BuyAsync(customer, ct);
        }

        var answer = await AskAsync(customer, bought, ct);
        say("Measuring a bare container of the same image on the same machine …");
        var bare = await BareBoot.MeasureAsync(dockerSocket, bought.Deployment, ct);
        var steps = bought.Provision.Steps.Select(step => new TimedStep(step.Name, step.DurationMs ?? 0)).ToList();
        return new(
            true, steps, total.ElapsedMilliseconds, bought.PaidToRunningMs, bare, Math.Round((double)bought.PaidToRunningMs / bare, 3),
            bought.Provision.Result!, answer);
    }

    private async Task<Bought> BuyAsync(Customer customer, CancellationToken ct)
    {
        var deployment = await customer.OrderAsync(
            new { name = "Ada's bot", plan = "starter", instructions = "You are Ada's assistant. Be brief." }, ct);
        var page = await customer.CheckoutAsync(deployment, ct);
        say($"Ordered {deployment}; paying on {page}");
        var paidAt = DateTimeOffset.UtcNow;
        if (!await customer.PayAsync(page, Customer.GoodCard, ct))
        {
            throw new InvalidOperationException("The checkout page did not take the test card.");
        }

        var operation = await customer.FinishedAsync(await customer.BegunAsync(deployment, ct), Show, ct);
        if (operation.Failure is { } failure)
        {
            throw new InvalidOperationException(
                $"{failure.Message} (step {failure.Step}, {failure.Code}). Undone: {string.Join("; ", failure.Undone)}. {failure.Next}");
        }

        return new(deployment, operation, (long)(operation.FinishedAt!.Value - paidAt).TotalMilliseconds);
    }

    private async Task<string> AskAsync(Customer customer, Bought bought, CancellationToken ct)
    {
        var address = new Uri(bought.Provision.Result!);
        using var door = new BotDoor(address, caPath);
        var token = await customer.GatewayTokenAsync(bought.Deployment, ct);
        say($"Asking the bot at {address}: {Question}");
        var answer = await door.AskAsync(Question, token, ct);
        say($"It answers: {answer}");
        return answer;
    }

    private static async Task EndAsync(Customer customer, string deployment, CancellationToken ct)
    {
        if (await customer.StartAsync(HttpMethod.Delete, $"deployments/{deployment}?window=none", null, ct) is { } operation)
        {
            await customer.FinishedAsync(operation, null, ct);
        }
    }

    private void Show(Step step)
    {
        if (step.Status is not "started" || step.Detail is not null)
        {
            var sign = step.Status is "done" ? "✓" : step.Status is "failed" ? "✗" : "…";
            say($"  {sign} {step.Title,-45} {step.DurationMs,7} ms  {step.Detail}");
        }
    }

    private static bool IsComparable(Operation provision) => provision.Steps.All(step =>
        step.Name != "create-vm" && step.Name != "boot-vm" && (step.Name != "pull" || step.DurationMs < ImageWasThereMs));

    private sealed record Bought(string Deployment, Operation Provision, long PaidToRunningMs);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DemoReport))]
public sealed partial class DemoJson : JsonSerializerContext;
