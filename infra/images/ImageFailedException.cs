namespace Launchpad.Images;

/// <summary>A step that cannot go on, said so that the reader knows what to do about it.</summary>
public sealed class ImageFailedException(string message, Exception? inner = null) : Exception(message, inner);
