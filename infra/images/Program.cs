using System.Runtime.InteropServices;
using Launchpad.Images;
using Launchpad.Shared.Images;

if (ImageArguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(ImageArguments.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => { context.Cancel = true; stop.Cancel(); });
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => { context.Cancel = true; stop.Cancel(); });

try
{
    await new ImagePipeline(arguments, new Progress(Console.Error)).RunAsync(Console.Out, stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (Exception exception) when (exception is ImageFailedException or ImageRejectedException)
{
    Console.Error.WriteLine($"images: {exception.Message}");
    return 1;
}
