"""The printed forms as plain data: what stands in which row, with which codes and squares. The templates only set it."""
