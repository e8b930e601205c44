using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Launchpad.TinyBot;

/// <summary>Every body the bot can send. Written member by member: reflection is trimmed away.</summary>
internal static class BotAnswer
{
    public static Task LiveAsync(HttpContext context) => SendAsync(context, HttpStatusCode.OK, json =>
    {
        json.WriteBoolean("ok", true);
        json.WriteString("status", "live");
    });

    public static Task ReadyAsync(HttpContext context, bool ready) =>
        SendAsync(context, ready ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, json => json.WriteBoolean("ready", ready));

    public static Task AboutAsync(HttpContext context, BotState state, BotConfigFile? config) =>
        SendAsync(context, HttpStatusCode.OK, json =>
        {
            json.WriteNumber("boots", state.Boots);
            json.WriteNumber("messages", state.Messages);
            json.WriteString("config", config?.Sha256);
        });

    public static Task ErrorAsync(HttpContext context, HttpStatusCode status, string type) => SendAsync(context, status, json =>
    {
        json.WriteStartObject("error");
        json.WriteString("type", type);
        json.WriteString("message", type.Replace('_', ' '));
        json.WriteEndObject();
    });

    public static Task PageAsync(HttpContext context) =>
        WriteAsync(context, "text/html; charset=utf-8", "<!doctype html><title>tinybot</title><p>This bot is running.</p>"u8.ToArray());

    public static Task ChatAsync(HttpContext context, ChatRequest request, long number) =>
        SendAsync(context, HttpStatusCode.OK, json =>
        {
            WriteHead(json, request, number, "chat.completion");
            WriteChoice(json, "message", Reply(request), "stop");
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", request.LastUserMessage.Length);
            json.WriteNumber("completion_tokens", Reply(request).Length);
            json.WriteNumber("total_tokens", request.LastUserMessage.Length + Reply(request).Length);
            json.WriteEndObject();
        });

    public static async Task StreamAsync(HttpContext context, ChatRequest request, long number)
    {
        context.Response.ContentType = "text/event-stream";
        var output = context.Response.Body;
        await WriteEventAsync(output, json =>
        {
            WriteHead(json, request, number, "chat.completion.chunk");
            WriteChoice(json, "delta", Reply(request), null);
        });
        await WriteEventAsync(output, json =>
        {
            WriteHead(json, request, number, "chat.completion.chunk");
            WriteChoice(json, "delta", null, "stop");
        });
        await output.WriteAsync("data: [DONE]\n\n"u8.ToArray());
    }

    private static string Reply(ChatRequest request) => "Echo: " + request.LastUserMessage;

    private static void WriteHead(Utf8JsonWriter json, ChatRequest request, long number, string kind)
    {
        json.WriteString("id", $"chatcmpl-{number}");
        json.WriteString("object", kind);
        json.WriteNumber("created", DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        json.WriteString("model", request.Model);
    }

    private static void WriteChoice(Utf8JsonWriter json, string holder, string? content, string? finish)
    {
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject(holder);
        if (content is not null)
        {
            json.WriteString("role", "assistant");
            json.WriteString("content", content);
        }

        json.WriteEndObject();
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static Task SendAsync(HttpContext context, HttpStatusCode status, Action<Utf8JsonWriter> members)
    {
        context.Response.StatusCode = (int)status;
        return WriteAsync(context, "application/json", Json(members));
    }

    private static async Task WriteEventAsync(Stream output, Action<Utf8JsonWriter> members) =>
        await output.WriteAsync(Encoding.UTF8.GetBytes($"data: {Encoding.UTF8.GetString(Json(members))}\n\n"));

    private static async Task WriteAsync(HttpContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
