using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Http.Converters;

namespace Microsoft.Azure.Functions.Worker.Http
{
    /// <summary>Binds a parameter to the request's body.</summary>
    public class FromBodyAttribute : InputConverterAttribute
    {
        public FromBodyAttribute() : base(typeof(FromBodyConverter)) { }
    }
}

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.Converters
{
    /// <summary>Reads a request's body; the ASP.NET Core integration puts one on every HTTP invocation.</summary>
    public interface IFromBodyConversionFeature
    {
        ValueTask<object?> ConvertAsync(FunctionContext context, Type targetType);
    }

    internal sealed class FromBodyConverter : IInputConverter
    {
        public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
        {
            var body = context.FunctionContext.Features.Get<IFromBodyConversionFeature>()
                ?? throw new InvalidOperationException("The body can be bound only when a function is called over HTTP.");
            return ConversionResult.Success(await body.ConvertAsync(context.FunctionContext, context.TargetType));
        }
    }
}
