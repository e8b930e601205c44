using Launchpad.Host.Sample;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
if (builder.Configuration["Sample:Broken"] is { } reason)
{
    Console.Error.WriteLine(reason);
    return 3;
}

new Journal(builder.Configuration).DieIn("start", builder.Configuration.GetValue("Sample:DiesAtStart", 0));
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton<Journal>();
builder.Build().Run();
return 0;
