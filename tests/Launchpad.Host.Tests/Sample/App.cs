using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Launchpad.Host.Sample;

/// <summary>The composition of the sample, which tests use as well as Program.</summary>
public static class App
{
    public static void Compose(FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseMiddleware<BeforeHttp>();
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<Outer>();
        builder.UseWhen<Inner>(context => context.FunctionDefinition.Name.StartsWith("Middleware", StringComparison.Ordinal));
        builder.UseWhen<Peek>(context => context.FunctionDefinition.Name == "Say");
        builder.UseMiddleware(async (context, next) =>
        {
            await next();
            if (context.GetHttpContext()?.Request.Headers.ContainsKey("x-replace") == true)
            {
                context.GetInvocationResult().Value = new Microsoft.AspNetCore.Mvc.StatusCodeResult(418);
            }
        });
        builder.Services.AddSingleton<Journal>();
        builder.Services.AddScoped<Visit>();
    }
}
