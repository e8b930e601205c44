using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Telemetry.App;

/// <summary>An operation as the product has them: a request begins it, a saga runs it, an activity asks a machine, which nobody ever
/// reaches here, and what the customer typed is in everything that goes wrong.</summary>
public sealed class Conversation(
    OperationStore operations, DeploymentStore deployments, StepLog steps, VmProgram program, IHttpClientFactory clients)
{
    private const string Account = "acc_1";

    [Function("Quick")]
    public static IResult Quick([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "quick")] HttpRequest request) =>
        Results.Text(request?.Method);

    [Function("Begin")]
    public async Task<IResult> Begin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "talks/{id}")] HttpRequest request, [FromBody] Talk talk, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(talk);
        var now = DateTimeOffset.UtcNow;
        var operation = new Operation(
            id, Account, "dep_" + id, OperationKind.TestMessage, OperationStatus.Accepted, Account, now, now.AddMinutes(1), talk.Text);
        await operations.AddAsync(operation, ct);
        await deployments.AddAsync(
            new()
            {
                Id = operation.Deployment,
                Account = Account,
                Name = talk.Text,
                Slug = id,
                Plan = "starter",
                Settings = new(null, talk.Text, Telegram: false),
                CreatedAt = now,
                Operation = new(id, operation.Kind, now, Account),
            },
            ct);
        await operations.RecordAsync(operation, "send-message", ct);
        await operations.RecordAsync(operation, "send-message", ct);
        await client.ScheduleNewOrchestrationInstanceAsync(nameof(Converse), talk with { Operation = id }, new StartOrchestrationOptions(id), ct);
        return Results.Accepted();
    }

    [Function("State")]
    public async Task<IResult> State(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "talks/{id}")] HttpRequest request, string id, CancellationToken ct) =>
        request is null ? Results.BadRequest() : Results.Text((await operations.FindAsync(Account, id, ct))?.Status.ToString());

    [Function(nameof(Converse))]
    public static async Task Converse([OrchestrationTrigger] TaskOrchestrationContext context, Talk talk)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(talk);
        try
        {
            await context.CallActivityAsync(nameof(Say), talk);
        }
        catch (TaskFailedException)
        {
            // An activity may always run once more.
            await context.CallActivityAsync(nameof(Fail), talk.Operation);
            await context.CallActivityAsync(nameof(Fail), talk.Operation);
        }
    }

    [Function(nameof(Say))]
    public Task Say([ActivityTrigger] Talk talk, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(talk);
        return steps.RunAsync(new(talk.Operation, Account, "dep_" + talk.Operation), Steps.Ask, talk.Text, async _ =>
        {
            using var http = clients.CreateClient();
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{talk.Port}/{talk.Text}?q={talk.Text}"), ct);
            }
            catch (HttpRequestException)
            {
                // Nobody is there.
            }

            try
            {
                await program.RunAsync<ExecTestRequest, ExecTestResult>(
                    new("127.0.0.1", talk.Port, "AAAA", "vm_1"), SshKeyPair.Generate().PrivateKeyPem, VmVerb.ExecTest,
                    new("dep_1", talk.Text), null, ct);
            }
            catch (VmFailedException failure)
            {
                throw new InvalidOperationException($"Could not say {talk.Text}", failure);
            }

            return null;
        }, ct);
    }

    [Function(nameof(Fail))]
    public async Task Fail([ActivityTrigger] string operation, CancellationToken ct)
    {
        var found = await operations.FindAsync(Account, operation, ct);
        await operations.SaveAsync(
            found! with { Status = OperationStatus.Failed, FinishedAt = DateTimeOffset.UtcNow, Result = found.Request }, ct);
    }
}

/// <summary>What is typed, and where nobody listens.</summary>
public sealed record Talk(string Text, int Port, string Operation = "");
