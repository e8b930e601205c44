using System.Text.Json;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Launchpad.Functions.Assistants;

/// <summary>The Model Context Protocol over streamable HTTP, without sessions: each request stands for itself, so any process answers it.</summary>
public sealed class Mcp(Callers callers, AssistantReads reads, AssistantChanges changes, ILoggerFactory loggers)
{
    private const int MessageBytesMax = 64 * 1024;

    private const string Words =
        "Launchpad runs AI bots on machines of their own. You can see everything of this account's bots and preview changes; a change is made "
        + "only with a word that its owner gets by confirming the preview himself. Never ask him for passwords, keys or tokens.";

    /// <summary>How a person's own assistant asks. One JSON-RPC message in, its answer as events out.</summary>
    [Function("Mcp")]
    [Unrecorded("Each change that it asks for is an operation of its own.")]
    [Needs(Permission.Read)]
    [Answers(200, MediaType = "text/event-stream")]
    public async Task<IActionResult> Post(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mcp")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var account = await callers.RequireOrAssistantAsync(request, ct);
        var message = Parse(await Bodies.ReadBytesAsync(request, MessageBytesMax, ct));
        await using var transport = new StreamableHttpServerTransport(loggers) { Stateless = true };
        var options = new McpServerOptions
        {
            ServerInfo = new() { Name = "Launchpad", Version = "1" },
            ServerInstructions = Words,
            ToolCollection = [.. reads.Of(account), .. changes.Of(Caller.Of(request), client)],
        };
        await using var server = McpServer.Create(transport, options, loggers);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = server.RunAsync(end.Token);
        var response = request.HttpContext.Response;
        response.ContentType = "text/event-stream";
        try
        {
            if (!await transport.HandlePostRequestAsync(message, response.Body, ct))
            {
                // A notification, which nobody waits for an answer to.
                response.ContentType = null;
                return new StatusCodeResult(StatusCodes.Status202Accepted);
            }
        }
        finally
        {
            await end.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new Microsoft.AspNetCore.Mvc.EmptyResult();
    }

    private static JsonRpcMessage Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonRpcMessage>(body, McpJsonUtilities.DefaultOptions)
                ?? throw Problems.Malformed("Send one JSON-RPC message.");
        }
        catch (JsonException)
        {
            throw Problems.Malformed("Send one JSON-RPC message.");
        }
    }
}
