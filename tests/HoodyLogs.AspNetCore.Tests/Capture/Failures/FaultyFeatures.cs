using System.Collections;
using System.Diagnostics;
using System.Reflection;
using HoodyLogs.AspNetCore.Capture.Features;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Tests.Capture.Failures;

/// <summary>Features of a request whose n-th call by capture fails. Calls of the host succeed.</summary>
internal sealed class FaultyFeatures(IFeatureCollection inner, int failingCall) : IFeatureCollection
{
    private static readonly Assembly Ours = typeof(ICaptureFeature).Assembly;

    public int Calls { get; private set; }

    public bool IsReadOnly => inner.IsReadOnly;

    public int Revision => inner.Revision;

    public object? this[Type key]
    {
        get
        {
            FailIfDue();
            return inner[key];
        }

        set
        {
            FailIfDue();
            inner[key] = value;
        }
    }

    public T? Get<T>()
    {
        FailIfDue();
        return inner.Get<T>();
    }

    public void Set<T>(T? instance)
    {
        FailIfDue();
        inner.Set(instance);
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => inner.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void FailIfDue()
    {
        if (IsAskedByCapture() && ++Calls == failingCall) throw new InvalidOperationException($"fault {failingCall}");
    }

    /// <summary>Returns whether capture made the call, directly or through a property of the context.</summary>
    private static bool IsAskedByCapture()
    {
        foreach (var frame in new StackTrace(3, false).GetFrames())
        {
            var type = frame.GetMethod()?.DeclaringType;
            if (type == typeof(FaultyFeatures)) continue;
            if (type?.Assembly == Ours) return true;
            if (type?.Namespace is not ("Microsoft.AspNetCore.Http" or "Microsoft.AspNetCore.Http.Features")) return false;
        }

        return false;
    }
}
