"""心桥 Xinqiao: community care for people with severe mental disorders, from village to nation."""
