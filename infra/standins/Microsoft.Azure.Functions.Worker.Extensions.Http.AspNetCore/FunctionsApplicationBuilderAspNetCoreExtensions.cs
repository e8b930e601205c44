using Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Lets HTTP functions take an HttpRequest and return an IActionResult or IResult.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        if (!builder.Host.AnswersHttp)
        {
            builder.Host.AnswersHttp = true;
            builder.Services.AddMvcCore();
            builder.UseMiddleware<HttpAnswerMiddleware>();
        }

        return builder;
    }
}
