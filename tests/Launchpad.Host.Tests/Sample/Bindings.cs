using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Http;

namespace Launchpad.Host.Sample;

/// <summary>Functions that differ in what they take.</summary>
public sealed class Bindings(Journal journal, Visit visit)
{
    [Function("Typed")]
    public static IResult Typed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "typed/{id:guid}/{day}")] HttpRequest request,
        Guid id,
        DateTime day,
        string? text,
        int page = 1,
        bool? flag = null) =>
        Results.Json(new { request?.Method, id, day, text, page, flag });

    [Function("Needed")]
    public static IResult Needed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "needed")] HttpRequest request, int count) =>
        Results.Text($"{request?.Method} {count}");

    [Function("Body")]
    public static IResult Body(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "body")] HttpRequest request, [FromBody] Order order) =>
        Results.Json(new { request?.Method, order });

    [Function("Converted")]
    public static IResult Converted(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "converted")] HttpRequest request,
        [InputConverter(typeof(ShoutConverter))] string word) =>
        Results.Text($"{request?.Method} {word}");

    [Function("Instance")]
    public async Task<IResult> Instance(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "instance")] HttpRequest request,
        FunctionContext context,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        journal.Write("instance");
        await Task.Yield();
        return Results.Json(new
        {
            request?.Method,
            context.InvocationId,
            context.FunctionDefinition.Name,
            context.FunctionDefinition.EntryPoint,
            scope = visit.Id == ((Visit)context.InstanceServices.GetService(typeof(Visit))!).Id,
            cancellable = cancellation.CanBeCanceled && cancellation == context.CancellationToken,
            sameRequest = ReferenceEquals(request, context.GetHttpContext()?.Request),
            query = context.BindingContext.BindingData["q"],
        });
    }

    [Function("Middleware")]
    public IResult Middleware(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "middleware")] HttpRequest request, FunctionContext context)
    {
        journal.Write("function");
        return Results.Json(new { request?.Method, sameVisit = Equals(context?.Items["visit"], visit.Id), visit = visit.Id });
    }
}

/// <summary>A body.</summary>
public sealed record Order(string Plan, int Count);

/// <summary>A converter of the app's own.</summary>
public sealed class ShoutConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(context?.Source is string word ? ConversionResult.Success(word.ToUpperInvariant()) : ConversionResult.Unhandled());
}
