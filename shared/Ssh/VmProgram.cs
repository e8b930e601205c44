using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Ssh;

/// <summary>
/// Runs launchpad-vm on a VM. The command line is made of constants and a hash of our own; what to do travels as a document on standard
/// input. A VM that does not have the program yet gets it first.
/// </summary>
public sealed class VmProgram(IOptions<VmOptions> options) : IDisposable
{
    private const int SilencesMax = 3;

    private static readonly byte[] s_callEnd = "}}"u8.ToArray();

    // What comes from a VM is shown to people: nothing in it may be an order to a terminal.
    private static readonly JsonSerializerOptions s_inbound = new(VmJson.Default.Options) { Converters = { new PlainText() } };

    private readonly Lazy<Task<Binary>> _program = new(() => Binary.ReadAsync(options.Value.ProgramPath));
    private readonly VmConnections _connections = new(options.Value);

    /// <exception cref="VmFailedException">The verb failed, on the VM or on the way to it.</exception>
    public async Task<TValue> RunAsync<TRequest, TValue>(
        VmEndpoint vm, string clientKeyPem, VmVerb verb, TRequest request, IProgress<VmStep>? progress, CancellationToken ct)
    {
        using var span = Telemetry.StartVerb(vm.Vm, WireName(request is JobRequest { Call.Verb: var begun } ? begun : verb));
        try
        {
            var value = await ConverseAsync<TRequest, TValue>(vm, clientKeyPem, verb, request, progress, ct);
            span.End("done");
            return value;
        }
        catch (VmFailedException failure)
        {
            span.End("failed", failure.Code);
            throw;
        }
    }

    private async Task<TValue> ConverseAsync<TRequest, TValue>(
        VmEndpoint vm, string clientKeyPem, VmVerb verb, TRequest request, IProgress<VmStep>? progress, CancellationToken ct)
    {
        var program = await _program.Value;
        var document = JsonSerializer.SerializeToUtf8Bytes(request, Outbound<TRequest>());
        byte[] call = [];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var limit = options.Value.ShortTimeout + TimeSpan.FromSeconds(request is JobRequest job ? job.WaitSeconds : 0);
        deadline.CancelAfter(limit);
        try
        {
            var result = await AskAsync();
            if (result.Error?.Code == VmErrorCode.ProgramMissing)
            {
                var install = $"launchpad-vm install {program.Sha256}";
                // Nothing is heard while the VM writes and checks what it got.
                EnsureSucceeded(await ExchangeAsync(install, program.Bytes, null, options.Value.ShortTimeout));
                result = await AskAsync();
            }

            return Read<TValue>(EnsureSucceeded(result).Value);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new VmFailedException(
                VmErrorCode.TimedOut, $"{vm.Address} did not finish {WireName(verb)} within {limit.TotalSeconds:0} s.", retryable: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(document);
            CryptographicOperations.ZeroMemory(call);
        }

        async Task<VmLine> AskAsync()
        {
            var result = await SayAsync(verb, document);
            if (result.Error?.Code != VmErrorCode.InvalidRequest || verb is VmVerb.Facts)
            {
                return result;
            }

            // The entry script of a VM that is older than the verb does not admit its word. It admits this one.
            call = [.. Encoding.UTF8.GetBytes($$"""{"call":{"verb":"{{WireName(verb)}}","request":"""), .. document, .. s_callEnd];
            return await SayAsync(VmVerb.Facts, call);
        }

        Task<VmLine> SayAsync(VmVerb word, ReadOnlyMemory<byte> input) =>
            ExchangeAsync(Command(program, word), input, progress, SilencesMax * options.Value.KeepAlive);

        async Task<VmLine> ExchangeAsync(string constant, ReadOnlyMemory<byte> input, IProgress<VmStep>? heard, TimeSpan silenceMax)
        {
            await using var command = await _connections.StartAsync(vm, clientKeyPem, constant, input, deadline.Token);
            return await ReadResultAsync(command, heard, silenceMax, deadline.Token);
        }
    }

    public void Dispose() => _connections.Dispose();

    private static string Command(Binary program, VmVerb verb) => $"launchpad-vm {program.Sha256} {WireName(verb)}";

    private static string WireName(VmVerb verb) => JsonSerializer.Serialize(verb, VmJson.Default.VmVerb).Trim('"');

    private static async Task<VmLine> ReadResultAsync(
        VmCommand command, IProgress<VmStep>? progress, TimeSpan silenceMax, CancellationToken ct)
    {
        VmLine? result = null;
        while (await command.NextAsync(silenceMax, ct) is { } text)
        {
            var line = Parse(text);
            if (result is not null)
            {
                throw Violation("went on after its result");
            }

            if (line is { Event: VmLine.Step, Name: { } name, State: { } state })
            {
                progress?.Report(new VmStep(name, state, line.Ms ?? 0, line.Detail));
            }
            else if (line is { Event: VmLine.Result, Ok: not null })
            {
                result = line;
            }
            else if (line.Event != VmLine.Alive)
            {
                throw Violation("sent a line that is neither a step nor a result");
            }
        }

        return result ?? throw new VmFailedException(
            VmErrorCode.ConnectionFailed,
            "The program of the machine ended without a result. Running the same again goes on from there.",
            retryable: true);
    }

    private static VmLine Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Inbound<VmLine>()) ?? throw Violation("sent an empty line");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Violation("sent a line that is not of the protocol");
        }
    }

    /// <summary>What a verb answered, wherever it comes from.</summary>
    /// <exception cref="VmFailedException">It is no such answer.</exception>
    internal static TValue Read<TValue>(JsonElement? answer)
    {
        try
        {
            return answer is { } value && value.Deserialize(Inbound<TValue>()) is { } read ? read : throw Violation("sent no result");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Violation($"sent a result that is not a {typeof(TValue).Name}");
        }
    }

    private static VmLine EnsureSucceeded(VmLine result) => result switch
    {
        { Ok: true } => result,
        { Error: { } error } => throw new VmFailedException(error),
        _ => throw Violation("failed without saying why"),
    };

    internal static JsonTypeInfo<T> Outbound<T>() => (JsonTypeInfo<T>)VmJson.Default.Options.GetTypeInfo(typeof(T));

    private static JsonTypeInfo<T> Inbound<T>() => (JsonTypeInfo<T>)s_inbound.GetTypeInfo(typeof(T));

    private static VmFailedException Violation(string what) =>
        new(VmErrorCode.ProtocolViolation, $"launchpad-vm {what}.", retryable: false);

    private sealed record Binary(byte[] Bytes, string Sha256)
    {
        public static async Task<Binary> ReadAsync(string path)
        {
            var bytes = await File.ReadAllBytesAsync(path);
            return new Binary(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    private sealed class PlainText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString();
            return text is null || !text.Any(IsOrder) ? text : string.Concat(text.Where(character => !IsOrder(character)));
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        // C0 and C1 controls, except those of ordinary text.
        private static bool IsOrder(char character) => char.IsControl(character) && character is not ('\n' or '\r' or '\t');
    }
}
