using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Azure.Functions.Worker.Extensions.Http.Converters;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>Reads a body as MVC does. A body that cannot be read is an exception, hence a 500, as with the real integration.</summary>
internal sealed class BodyReader : IFromBodyConversionFeature
{
    public static BodyReader Instance { get; } = new();

    public async ValueTask<object?> ConvertAsync(FunctionContext context, Type targetType)
    {
        var http = context.GetHttpContext() ?? throw new InvalidOperationException("The invocation has no HTTP request.");
        var metadata = http.RequestServices.GetRequiredService<IModelMetadataProvider>().GetMetadataForType(targetType);
        var binder = http.RequestServices.GetRequiredService<IModelBinderFactory>().CreateBinder(new ModelBinderFactoryContext
        {
            Metadata = metadata,
            BindingInfo = new BindingInfo { BindingSource = BindingSource.Body },
        });
        var binding = new DefaultModelBindingContext
        {
            ModelMetadata = metadata,
            ModelName = string.Empty,
            BindingSource = BindingSource.Body,
            ModelState = new ModelStateDictionary(),
            ActionContext = new ActionContext { HttpContext = http },
        };
        await binder.BindModelAsync(binding);
        return binding switch
        {
            { Result.IsModelSet: true } => binding.Result.Model,
            { ModelState.IsValid: true } => null,
            _ => throw new InvalidOperationException(string.Join(
                Environment.NewLine,
                binding.ModelState.Values.SelectMany(entry => entry!.Errors)
                    .Select(error => error.ErrorMessage is { Length: > 0 } message ? message : error.Exception?.Message))),
        };
    }
}
